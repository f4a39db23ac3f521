import type { Config } from '#config';

/**
 * Whether this process has the sessions, and does the work that follows from the log. One process of an installation has them, and answers
 * what the others ask.
 */
export const hasSessions = ({ WAYBILL_ROLES: roles }: Partial<Pick<Config, 'WAYBILL_ROLES'>>): boolean =>
  roles === undefined || roles.includes('sessions');
