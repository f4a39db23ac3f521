import type { Config } from '#config';
import { isWithin, parseRange } from './http/ip.rules.js';

/** Whether the operator allows an address to be reached although it is not public. */
export const isAllowedBy = ({
  WAYBILL_OUTBOUND_ALLOW: allowed,
}: Pick<Config, 'WAYBILL_OUTBOUND_ALLOW'>): ((address: string) => boolean) => {
  const ranges = allowed.map(parseRange).filter((range) => range !== undefined);
  return (address) => isWithin(address, ranges);
};
