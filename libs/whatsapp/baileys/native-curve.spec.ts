import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { Curve } from '@whiskeysockets/baileys';
import { verifySignature } from '#lib/curve25519';
import { useNativeCurve } from './native-curve.js';

type Libsignal = {
  generateKeyPair: () => { readonly pubKey: Buffer; readonly privKey: Buffer };
  getPublicFromPrivateKey: (privateKey: Buffer) => Buffer;
  calculateAgreement: (publicKey: Buffer, privateKey: Buffer) => Buffer;
  calculateSignature: (privateKey: Buffer, message: Buffer) => Buffer;
  verifySignature: (publicKey: Buffer, message: Buffer, signature: Buffer) => boolean;
};

/** As Baileys gets it: what is imported by name would stay what it was. */
const libsignal = createRequire(import.meta.url)('libsignal/src/curve.js') as Libsignal;

describe('libsignal', () => {
  const [own, other] = [libsignal.generateKeyPair(), libsignal.generateKeyPair()];
  const secret = libsignal.calculateAgreement(other.pubKey, own.privKey);
  const message = randomBytes(50);
  const signature = libsignal.calculateSignature(own.privKey, message);
  const answers = (): readonly boolean[] => [
    libsignal.verifySignature(own.pubKey, message, signature),
    libsignal.verifySignature(own.pubKey, randomBytes(50), signature),
    libsignal.verifySignature(other.pubKey, message, signature),
    libsignal.verifySignature(own.pubKey, message, Buffer.alloc(64)),
  ];
  const before = answers();
  useNativeCurve();

  it('verifies natively, with the same answers', () => {
    expect(answers()).toEqual(before);
    expect(before).toEqual([true, false, false, false]);
    expect((createRequire(import.meta.url)('curve25519-js') as { verify: unknown }).verify).toBe(verifySignature);
  });

  it('agrees on the same secret, and on none with a key of another curve or without secrecy', () => {
    expect(libsignal.calculateAgreement(other.pubKey, own.privKey)).toEqual(secret);
    const namedOtherwise = Buffer.concat([Buffer.from([6]), other.pubKey.subarray(1)]);
    expect(() => libsignal.calculateAgreement(namedOtherwise, own.privKey)).toThrow('no public key');
    const zero = Buffer.concat([Buffer.from([5]), Buffer.alloc(32)]);
    expect(() => libsignal.calculateAgreement(zero, own.privKey)).toThrow();
  });

  it('makes keys that fit the others', () => {
    const made = libsignal.generateKeyPair();
    expect([made.pubKey.length, made.pubKey[0], made.privKey.length]).toEqual([33, 5, 32]);
    expect(libsignal.getPublicFromPrivateKey(made.privKey)).toEqual(made.pubKey);
    expect(libsignal.calculateAgreement(made.pubKey, own.privKey)).toEqual(
      libsignal.calculateAgreement(own.pubKey, made.privKey),
    );
    const signed = libsignal.calculateSignature(made.privKey, message);
    expect(libsignal.verifySignature(made.pubKey, message, signed)).toBe(true);
  });
});

describe('Baileys', () => {
  useNativeCurve();
  const made = Curve.generateKeyPair();

  it('makes keys as libsignal does, without the name of the curve', () => {
    expect(Curve.generateKeyPair.toString()).not.toContain('slice'); // its own, which takes that name off
    expect([made.public.length, made.private.length]).toEqual([32, 32]);
    expect(libsignal.getPublicFromPrivateKey(Buffer.from(made.private)).subarray(1)).toEqual(made.public);
  });

  it('agrees as libsignal does, with a public key in either form', () => {
    const other = libsignal.generateKeyPair();
    const secret = libsignal.calculateAgreement(other.pubKey, Buffer.from(made.private));
    expect(Curve.sharedKey(made.private, other.pubKey)).toEqual(secret);
    expect(Curve.sharedKey(made.private, other.pubKey.subarray(1))).toEqual(secret);
  });
});
