import { createCipheriv, createHash, createHmac } from 'node:crypto';
import type { MediaDecryptionKeyInfo } from '@whiskeysockets/baileys';

/** The length of the truncated HMAC at the end of an encrypted file. */
const macBytes = 10;

/** What is known of a file once it was encrypted to its end. */
export type EncryptedFile = {
  /** In bytes, before it was encrypted. */
  readonly size: number;
  /** Before it was encrypted, in base64. */
  readonly sha256: string;
  readonly encryptedSha256: Buffer;
};

/** Encrypts a file as a stream; at the end it returns what is known of it then. */
export async function* encryptedMedia(
  file: AsyncIterable<Uint8Array>,
  { iv, cipherKey, macKey }: MediaDecryptionKeyInfo,
): AsyncGenerator<Uint8Array, EncryptedFile> {
  if (!macKey) throw new Error('The key of the HMAC is missing');
  const cipher = createCipheriv('aes-256-cbc', cipherKey, iv);
  const mac = createHmac('sha256', macKey).update(iv);
  const [plainHash, encryptedHash] = [createHash('sha256'), createHash('sha256')];
  const authenticated = (encrypted: Buffer): Buffer => {
    mac.update(encrypted);
    encryptedHash.update(encrypted);
    return encrypted;
  };

  let size = 0;
  for await (const chunk of file) {
    size += chunk.length;
    plainHash.update(chunk);
    yield authenticated(cipher.update(chunk));
  }
  yield authenticated(cipher.final());
  const seal = mac.digest().subarray(0, macBytes);
  encryptedHash.update(seal);
  yield seal;
  return { size, sha256: plainHash.digest('base64'), encryptedSha256: encryptedHash.digest() };
}
