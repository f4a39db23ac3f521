import { createRequire } from 'node:module';
import { Curve } from '@whiskeysockets/baileys';
import { agree, generateKeyPair, verifySignature } from '#lib/curve25519';

type CurveInJavaScript = { verify: typeof verifySignature };

/** Public keys have a byte before them that names the curve, private ones have none. */
type LibsignalCurve = {
  generateKeyPair: () => { readonly pubKey: Buffer; readonly privKey: Buffer };
  calculateAgreement: (publicKey: Uint8Array, privateKey: Uint8Array) => Buffer;
};

const curveName = Buffer.from([5]);

/**
 * Lets Baileys and libsignal verify signatures natively, and make keys and agree on secrets by the quickest way that this version of Node has.
 * In JavaScript, as they do it, a signature takes fifty to a hundred times as long, and each connection needs two, each new session with
 * a device one more. A linked device makes 812 keys, and each new session of it agrees on four secrets. Idempotent.
 */
export const useNativeCurve = (): void => {
  const require = createRequire(import.meta.url);
  const inJavaScript = createRequire(require.resolve('libsignal'))('curve25519-js') as CurveInJavaScript;
  inJavaScript.verify = verifySignature;
  const curve = require('libsignal/src/curve.js') as LibsignalCurve;
  curve.generateKeyPair = () => {
    const { publicKey, privateKey } = generateKeyPair();
    return { pubKey: Buffer.concat([curveName, publicKey]), privKey: privateKey };
  };
  curve.calculateAgreement = (publicKey, privateKey) => agree(privateKey, withoutCurveName(publicKey));
  // Baileys is an ES module: what it imported of libsignal stays what it was.
  Curve.generateKeyPair = () => {
    const { publicKey, privateKey } = generateKeyPair();
    return { public: publicKey, private: privateKey };
  };
  Curve.sharedKey = (privateKey, publicKey) => Buffer.from(agree(privateKey, withoutCurveName(publicKey)));
};

const withoutCurveName = (key: Uint8Array): Uint8Array => {
  if (key.length === 33 && key[0] === curveName[0]) return key.subarray(1);
  if (key.length === 32) return key;
  throw new Error('This is no public key of Curve25519');
};
