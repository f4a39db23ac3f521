import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { createRequire } from 'node:module';
import * as libsignal from 'libsignal/src/curve.js';
import { verifySignature } from '#lib/curve25519';
import { verifySignaturesNatively } from './native-signatures.js';

it('makes libsignal verify natively, with the same answers', () => {
  const { pubKey, privKey } = libsignal.generateKeyPair();
  const message = randomBytes(50);
  const signature = libsignal.calculateSignature(privKey, message);
  const answers = (): readonly boolean[] => [
    libsignal.verifySignature(pubKey, message, signature),
    libsignal.verifySignature(pubKey, randomBytes(50), signature),
    libsignal.verifySignature(libsignal.generateKeyPair().pubKey, message, signature),
    libsignal.verifySignature(pubKey, message, Buffer.alloc(64)),
  ];
  const before = answers();
  verifySignaturesNatively();
  expect(answers()).toEqual(before);
  expect(before).toEqual([true, false, false, false]);
  expect((createRequire(import.meta.url)('curve25519-js') as { verify: unknown }).verify).toBe(verifySignature);
});
