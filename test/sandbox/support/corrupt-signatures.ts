import { SigningKey } from '#lib/curve25519';

/** Makes the sandbox corrupt signatures of chosen messages. Returns a function that undoes it. */
export function corruptSignatures(isChosen: (message: Uint8Array) => boolean): () => void {
  // oxlint-disable-next-line typescript/unbound-method -- called with its `this` below and restored
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
