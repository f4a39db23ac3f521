import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { SHORT, ShortHmac } from './short-hmac.js';

const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });

describe('the HMAC of short messages', () => {
  it('is the one that Node makes', () => {
    fc.assert(
      fc.property(bytes(32, 32), fc.array(bytes(0, SHORT), { maxLength: 3 }), (key, messages) => {
        const hmac = new ShortHmac(key);
        for (const message of messages) {
          expect(hmac.digest(message)).toEqual(createHmac('sha256', key).update(message).digest());
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is not made of anything else', () => {
    expect(() => new ShortHmac(Buffer.alloc(31))).toThrow('31 bytes');
    expect(() => new ShortHmac(Buffer.alloc(32)).digest(Buffer.alloc(SHORT + 1))).toThrow('56 bytes');
  });
});
