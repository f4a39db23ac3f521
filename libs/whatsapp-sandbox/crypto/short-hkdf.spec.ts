import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { hkdfSha256 } from './cipher.js';
import { shortHkdf } from './short-hkdf.js';

const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });

describe('the HKDF of short input', () => {
  it("equals Node's HKDF-SHA-256", () => {
    const salt = fc.option(bytes(32, 32), { nil: undefined });
    fc.assert(
      fc.property(
        bytes(1, 200),
        fc.integer({ min: 1, max: 200 }),
        fc.stringMatching(/^\w{0,22}$/),
        salt,
        (secret, length, info, salt) => {
          const expected = hkdfSha256(secret, length, salt ?? Buffer.alloc(32), info);
          expect(shortHkdf(secret, length, Buffer.from(info), salt)).toEqual(expected);
        },
      ),
    );
  });

  it('refuses other salts and longer infos', () => {
    expect(() => shortHkdf(Buffer.alloc(32), 32, Buffer.alloc(1), Buffer.alloc(31))).toThrow('31 bytes');
    expect(() => shortHkdf(Buffer.alloc(32), 64, Buffer.alloc(23))).toThrow('56 bytes');
  });
});
