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

/** The authorities (PEM) that servers of users may rely on beside the usual ones. @throws where their file cannot be read */
export const authoritiesOf = ({
  WAYBILL_OUTBOUND_CA: given,
}: Pick<Config, 'WAYBILL_OUTBOUND_CA'>): string | undefined =>
  given === undefined || given.includes('-----BEGIN') ? given : readFileSync(given, 'utf8');
