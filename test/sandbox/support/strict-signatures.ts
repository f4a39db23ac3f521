import { createRequire } from 'node:module';

type Curve = {
  verifySignature: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
};

/** Makes clients of this process fail on invalid signatures: the stock client ignores the result of a check. Must be imported before it. */
const curve = createRequire(import.meta.url)('libsignal/src/curve.js') as Curve;
const { verifySignature } = curve;

/** Number of valid signatures. */
export const checked = { good: 0 };

curve.verifySignature = (publicKey, message, signature) => {
  if (!verifySignature(publicKey, message, signature)) throw new Error('signature does not match');
  checked.good += 1;
  return true;
};
