import { createRequire } from 'node:module';

type Curve = {
  verifySignature: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
};

/**
 * Makes signatures count for every client in this process: the stock client asks for the result of a check and then
 * ignores it. Import this before anything that loads the client.
 */
const curve = createRequire(import.meta.url)('libsignal/src/curve.js') as Curve;
const { verifySignature } = curve;

/** How many signatures were checked. */
export const checked = { good: 0 };

curve.verifySignature = (publicKey, message, signature) => {
  if (!verifySignature(publicKey, message, signature)) throw new Error('signature does not match');
  checked.good += 1;
  return true;
};
