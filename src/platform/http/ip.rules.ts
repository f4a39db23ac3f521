import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A range of addresses: those that share their first bits. */
export type IpRange = readonly [first: Address, bits: number];

/** Reads an address or a range in CIDR notation; `undefined` where it is neither. IPv4 written as IPv6 (`::ffff:…`) counts as IPv4. */
export const parseRange = (text: string): IpRange | undefined => {
  if (!isPlain(text)) return undefined;
  if (!text.includes('/')) {
    const address = ipaddr.process(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  }
  const [first, bits] = ipaddr.parseCIDR(text);
  const isMapped = first instanceof ipaddr.IPv6 && first.isIPv4MappedAddress() && bits >= 96;
  return isMapped ? [first.toIPv4Address(), bits - 96] : [first, bits];
};

/** Whether the caller's address lies in one of the ranges. */
export const isWithin = (ip: string, ranges: readonly IpRange[]): boolean => {
  if (!ipaddr.isValid(ip)) return false;
  const address = ipaddr.process(ip);
  return ranges.some(([first, bits]) => address.kind() === first.kind() && address.match(first, bits));
};

/** IPv4 as four decimal parts, or IPv6 without a zone. `ipaddr.js` also takes octal, hexadecimal and short forms, which are ambiguous. */
const isPlain = (text: string): boolean => {
  const [address = ''] = text.split('/');
  const isKnown = text.includes('/') ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text);
  return isKnown && !address.includes('%') && (address.includes(':') || ipaddr.IPv4.isValidFourPartDecimal(address));
};

/** What one client is taken for: an IPv4 address, or the /64 network that a host with IPv6 usually has to itself. */
export const clientOf = (ip: string): string => {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  return address instanceof ipaddr.IPv6 ? `${address.parts.slice(0, 4).join(':')}::/64` : address.toString();
};
