import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { maxShortHmacBytes, ShortHmac } from './short-hmac.js';

const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });

describe('the HMAC of short messages', () => {
  it("equals Node's HMAC-SHA-256", () => {
    fc.assert(
      fc.property(bytes(32, 32), fc.array(bytes(0, maxShortHmacBytes), { maxLength: 3 }), (key, messages) => {
        const hmac = new ShortHmac(key);
        for (const message of messages) {
          expect(hmac.digest(message)).toEqual(createHmac('sha256', key).update(message).digest());
        }
      }),
      { numRuns: 500 },
    );
  });

  it('refuses other key lengths and longer messages', () => {
    expect(() => new ShortHmac(Buffer.alloc(31))).toThrow('31 bytes');
    expect(() => new ShortHmac(Buffer.alloc(32)).digest(Buffer.alloc(maxShortHmacBytes + 1))).toThrow('56 bytes');
  });
});
