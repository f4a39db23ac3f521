import { createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { MediaDecryptionKeyInfo } from '@whiskeysockets/baileys';
import { DownloadFailed } from '../errors.js';

/** The file is followed by so many bytes of its HMAC. */
const macBytes = 10;

/**
 * Decrypts a file as it arrives. That nobody changed it is known at the end only: then what was read before is worth nothing, and
 * a DownloadFailed says so. `sha256` is that of the file, base64; null where it is not known.
 */
export async function* decryptedMedia(
  encrypted: AsyncIterable<Uint8Array>,
  { iv, cipherKey, macKey }: MediaDecryptionKeyInfo,
  sha256: string | null,
): AsyncGenerator<Uint8Array> {
  if (!macKey) throw new Error('There is no key for the HMAC');
  const decipher = createDecipheriv('aes-256-cbc', cipherKey, iv);
  const mac = createHmac('sha256', macKey).update(iv);
  const hash = createHash('sha256');
  const passedOn = (plain: Buffer): Buffer => {
    hash.update(plain);
    return plain;
  };

  let held = Buffer.alloc(0); // may be the HMAC
  for await (const chunk of encrypted) {
    const all = Buffer.concat([held, chunk]);
    const text = all.subarray(0, Math.max(0, all.length - macBytes));
    held = all.subarray(text.length);
    mac.update(text);
    yield passedOn(decipher.update(text));
  }
  const expected = mac.digest().subarray(0, macBytes);
  if (held.length !== macBytes || !timingSafeEqual(held, expected)) throw changed();
  yield passedOn(decipher.final());
  if (sha256 !== null && hash.digest('base64') !== sha256) throw changed();
}

const changed = (): DownloadFailed =>
  new DownloadFailed(false, 'What was downloaded is not the file that was sent, or not all of it');
