import { createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { MediaDecryptionKeyInfo } from '@whiskeysockets/baileys';
import { DownloadFailed } from '../errors.js';

/** The length of the truncated HMAC at the end of an encrypted file. */
const macBytes = 10;

/**
 * Decrypts a file as a stream. Only at the end is it known whether the file was modified; the stream then fails with DownloadFailed, and
 * everything read before must be discarded. `sha256` is that of the decrypted file, in base64; null where it is not known.
 */
export async function* decryptedMedia(
  encrypted: AsyncIterable<Uint8Array>,
  { iv, cipherKey, macKey }: MediaDecryptionKeyInfo,
  sha256: string | null,
): AsyncGenerator<Uint8Array> {
  if (!macKey) throw new Error('The key of the HMAC is missing');
  const decipher = createDecipheriv('aes-256-cbc', cipherKey, iv);
  const mac = createHmac('sha256', macKey).update(iv);
  const hash = createHash('sha256');
  const hashed = (plain: Buffer): Buffer => {
    hash.update(plain);
    return plain;
  };

  let tail = Buffer.alloc(0); // may be the HMAC
  for await (const chunk of encrypted) {
    const all = Buffer.concat([tail, chunk]);
    const text = all.subarray(0, Math.max(0, all.length - macBytes));
    tail = all.subarray(text.length);
    mac.update(text);
    yield hashed(decipher.update(text));
  }
  const expected = mac.digest().subarray(0, macBytes);
  if (tail.length !== macBytes || !timingSafeEqual(tail, expected)) throw damaged();
  yield hashed(decipher.final());
  if (sha256 !== null && hash.digest('base64') !== sha256) throw damaged();
}

/** The same of a file that is not encrypted. */
export async function* plainMedia(file: AsyncIterable<Uint8Array>, sha256: string | null): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of file) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('base64') !== sha256) throw damaged();
}

const damaged = (): DownloadFailed =>
  new DownloadFailed(false, 'The downloaded file is incomplete, or not the one that was sent');
