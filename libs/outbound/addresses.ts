import ipaddr from 'ipaddr.js';

/** Whether an address is one of the public internet: not private, loopback, link-local, or reserved for anything else, in whatever form. */
export const isPublic = (address: string): boolean => {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address); // an IPv4 address within IPv6 counts as what it is
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(globalUnicast, 3);
};

const globalUnicast = ipaddr.IPv6.parse('2000::');
