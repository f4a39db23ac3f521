import { SigningKey } from '../../../libs/whatsapp-sandbox/crypto/curve.js';

/** While this is in force the sandbox signs wrongly whatever is chosen. Returns the way back. */
export function spoilSignatures(isChosen: (message: Uint8Array) => boolean): () => void {
  // oxlint-disable-next-line typescript/unbound-method -- called with its own `this` below, and put back as it was
  const sign = SigningKey.prototype.sign;
  SigningKey.prototype.sign = function (this: SigningKey, message: Uint8Array): Buffer {
    const signature = sign.call(this, message);
    if (isChosen(message)) signature[0] = (signature[0] ?? 0) ^ 1;
    return signature;
  };
  return () => {
    SigningKey.prototype.sign = sign;
  };
}
