import { describe, expect, it } from '@jest/globals';
import { clientOf, isWithin, parseRange, type IpRange } from './ip.rules.js';

const ranges = (...texts: readonly string[]): readonly IpRange[] =>
  texts.map((text) => {
    const range = parseRange(text);
    if (!range) throw new Error(`${text} is no range`);
    return range;
  });

describe('an address', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['10.1.2.3', '10.0.0.0/8'],
    ['::ffff:10.1.2.3', '10.0.0.0/8'],
    ['10.1.2.3', '::ffff:10.0.0.0/104'],
    ['10.1.2.3', '::ffff:10.1.2.3'],
    ['2001:db8::7', '2001:db8::/32'],
    ['203.0.113.9', '0.0.0.0/0'],
  ])('%s lies in %s', (ip, range) => {
    expect(isWithin(ip, ranges('192.0.2.1', range))).toBe(true);
  });

  it.each([
    ['11.1.2.3', '10.0.0.0/8'],
    ['10.1.2.4', '10.1.2.3'],
    ['2001:db9::7', '2001:db8::/32'],
    ['2001:db8::7', '0.0.0.0/0'],
    ['10.1.2.3', '::/0'],
    ['no address', '0.0.0.0/0'],
    ['', '0.0.0.0/0'],
  ])('%s does not lie in %s', (ip, range) => {
    expect(isWithin(ip, ranges(range))).toBe(false);
  });
});

describe('a range', () => {
  it.each([
    '',
    '10.0.0.0/33',
    '010.0.0.1',
    '10.1',
    '0x7f000001',
    'fe80::1%eth0',
    '10.0.0.0/8/8',
    'localhost',
    '10.0.0.1 ',
  ])('%j is none', (text) => {
    expect(parseRange(text)).toBeUndefined();
  });
});

describe('a client', () => {
  it('is an IPv4 address, however it is written, or a /64 network', () => {
    expect(['203.0.113.9', '::ffff:203.0.113.9'].map(clientOf)).toEqual(['203.0.113.9', '203.0.113.9']);
    expect(clientOf('2001:db8:0:7::1')).toBe(clientOf('2001:db8:0:7:ffff::2'));
    expect(clientOf('2001:db8:0:7::1')).not.toBe(clientOf('2001:db8:0:8::1'));
    expect(clientOf('')).toBe('');
  });
});
