import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as reference from 'libsignal/src/curve.js';
import { agree, generateKeyPair, SigningKey, verifySignature } from '#lib/curve25519';

const prefixed = (key: Buffer): Buffer => Buffer.concat([Buffer.from([5]), key]);

describe('signing keys', () => {
  it('make signatures that libsignal accepts, for either sign bit', () => {
    for (let i = 0; i < 8; i++) {
      const key = SigningKey.generate();
      const message = randomBytes(40);
      expect(reference.verifySignature(prefixed(key.publicKey), message, key.sign(message))).toBe(true);
      expect(reference.verifySignature(prefixed(key.publicKey), randomBytes(40), key.sign(message))).toBe(false);
    }
  });

  it('verify signatures made by libsignal and reject others', () => {
    for (let i = 0; i < 8; i++) {
      const { pubKey, privKey } = reference.generateKeyPair();
      const message = randomBytes(33);
      const signature = reference.calculateSignature(privKey, message);
      const publicKey = pubKey.subarray(1);
      expect(verifySignature(publicKey, message, signature)).toBe(true);
      expect(verifySignature(publicKey, randomBytes(33), signature)).toBe(false);
      expect(verifySignature(randomBytes(32), message, signature)).toBe(false);
    }
  });

  it('reject malformed signatures', () => {
    const key = SigningKey.generate();
    expect(verifySignature(key.publicKey, Buffer.from('m'), Buffer.alloc(64))).toBe(false);
    expect(verifySignature(key.publicKey, Buffer.from('m'), Buffer.alloc(12))).toBe(false);
    expect(verifySignature(Buffer.alloc(3), Buffer.from('m'), Buffer.alloc(64))).toBe(false);
  });

  it('agree on the same secret as libsignal', () => {
    const [ours, theirs] = [generateKeyPair(), reference.generateKeyPair()];
    const secret = reference.calculateAgreement(prefixed(ours.publicKey), theirs.privKey);
    expect(agree(ours.privateKey, theirs.pubKey.subarray(1))).toEqual(secret);
  });

  it('agree on the same secret as plain X25519 key pairs', () => {
    const [key, pair] = [SigningKey.generate(), generateKeyPair()];
    expect(agree(key.privateKey, pair.publicKey)).toEqual(agree(pair.privateKey, key.publicKey));
    expect(SigningKey.fromSeed(key.seed).publicKey).toEqual(key.publicKey);
  });
});
