import { readFileSync } from 'node:fs';
import type { Config } from '#config';
import { isWithin, parseRange } from './http/ip.rules.js';

/** Whether the operator allows an address to be reached although it is not public. */
export const isAllowedBy = ({
  WAYBILL_OUTBOUND_ALLOW: allowed,
}: Pick<Config, 'WAYBILL_OUTBOUND_ALLOW'>): ((address: string) => boolean) => {
  const ranges = allowed.map(parseRange).filter((range) => range !== undefined);
  return (address) => isWithin(address, ranges);
};

/**
 * The authorities (PEM) that servers of users may rely on beside the usual ones; those that Node was given are among them, since a list of one's
 * own takes the place of all that Node knows. @throws where a file cannot be read
 */
export const authoritiesOf = ({
  WAYBILL_OUTBOUND_CA: given,
}: Pick<Config, 'WAYBILL_OUTBOUND_CA'>): string | undefined =>
  given === undefined ? undefined : [given, process.env['NODE_EXTRA_CA_CERTS'] ?? ''].map(pemOf).join('\n');

const pemOf = (given: string): string =>
  given === '' || given.includes('-----BEGIN') ? given : readFileSync(given, 'utf8');
