import { createRequire } from 'node:module';
import { verifySignature } from '#lib/curve25519';

type Curve = { verify: typeof verifySignature };

/**
 * Lets Baileys and libsignal verify signatures natively. In JavaScript, as they do it, one takes fifty to a hundred times as long, and each
 * connection needs two, each new session with a device one more. Idempotent.
 */
export const verifySignaturesNatively = (): void => {
  const require = createRequire(import.meta.url);
  const curve = createRequire(require.resolve('libsignal'))('curve25519-js') as Curve;
  curve.verify = verifySignature;
};
