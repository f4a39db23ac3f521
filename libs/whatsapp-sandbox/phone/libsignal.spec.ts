import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { prepareLibsignal } from './libsignal.js';

type Crypto = {
  calculateMAC: (key: Buffer, data: Buffer) => Buffer;
  deriveSecrets: (input: Buffer, salt: Buffer, info: Buffer, chunks?: number) => Buffer[];
};
const crypto = createRequire(import.meta.url)('libsignal/src/crypto.js') as Crypto;

const bytes = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map((array) => Buffer.from(array));

describe("libsignal's functions", () => {
  it('return the same results after they were replaced by faster ones', () => {
    const { calculateMAC, deriveSecrets } = crypto;
    prepareLibsignal();
    expect(crypto.deriveSecrets).not.toBe(deriveSecrets);
    const salt = fc.oneof(bytes(32, 32), fc.constant(Buffer.alloc(32)));
    const chunks = fc.constantFrom(undefined, 1, 2, 3);
    fc.assert(
      fc.property(bytes(0, 80), salt, bytes(0, 40), chunks, (input, key, info, count) => {
        expect(crypto.calculateMAC(key, input)).toEqual(calculateMAC(key, input));
        expect(crypto.deriveSecrets(input, key, info, count)).toEqual(deriveSecrets(input, key, info, count));
      }),
    );
    expect(() => crypto.deriveSecrets(Buffer.alloc(32), Buffer.alloc(31), Buffer.alloc(1))).toThrow('salt');
  });
});
