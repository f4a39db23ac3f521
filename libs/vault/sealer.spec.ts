import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { keyedHash } from './keyed-hash.js';
import { MasterKey } from './master-key.js';
import { sealer } from './sealer.js';

const key = new MasterKey(randomBytes(32));
const cannotOpen = expect.objectContaining({ code: 'cannot_open' });

describe('a sealed value', () => {
  it('opens in its context to the value that was sealed', () => {
    const { seal, open } = sealer(key, 'test');
    fc.assert(
      fc.property(fc.uint8Array(), fc.string({ unit: 'binary' }), (bytes, context) => {
        expect(open(seal(bytes, context), context).equals(bytes)).toBe(true);
      }),
    );
  });

  it('does not open with another key, purpose or context', () => {
    const sealed = sealer(key, 'test').seal(Buffer.from('secret'), 'user 1');
    expect(() => sealer(new MasterKey(randomBytes(32)), 'test').open(sealed, 'user 1')).toThrow(cannotOpen);
    expect(() => sealer(key, 'other').open(sealed, 'user 1')).toThrow(cannotOpen);
    expect(() => sealer(key, 'test').open(sealed, 'user 2')).toThrow(cannotOpen);
  });

  it('does not open if any bit was changed, or its end is missing', () => {
    const { seal, open } = sealer(key, 'test');
    const sealed = seal(Buffer.from('secret'), 'user 1');
    for (let bit = 8; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => open(changed, 'user 1')).toThrow(cannotOpen);
    }
    for (let length = 1; length < sealed.length; length += 1) {
      expect(() => open(sealed.subarray(0, length), 'user 1')).toThrow(cannotOpen);
    }
  });

  it('in an unknown format has an error of its own', () => {
    const sealed = sealer(key, 'test').seal(Buffer.from('secret'), 'user 1');
    sealed[0] = 2;
    expect(() => sealer(key, 'test').open(sealed, 'user 1')).toThrow(
      expect.objectContaining({ code: 'unknown_format' }),
    );
    expect(() => sealer(key, 'test').open(Buffer.alloc(0), 'user 1')).toThrow(
      expect.objectContaining({ code: 'unknown_format' }),
    );
  });

  it('is different each time', () => {
    const { seal } = sealer(key, 'test');
    expect(seal(Buffer.from('secret'), 'user 1').equals(seal(Buffer.from('secret'), 'user 1'))).toBe(false);
  });
});

describe('a keyed hash', () => {
  const { of, matches } = keyedHash(key, 'api keys');

  it('recognizes the value and no other', () => {
    expect(matches('value', of('value'))).toBe(true);
    expect(matches('valuf', of('value'))).toBe(false);
    expect(matches('value', of('value').subarray(1))).toBe(false);
  });

  it('differs for another purpose and another key', () => {
    expect(keyedHash(key, 'other').of('value').equals(of('value'))).toBe(false);
    expect(keyedHash(new MasterKey(randomBytes(32)), 'api keys').matches('value', of('value'))).toBe(false);
  });
});
