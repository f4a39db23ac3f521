import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { sha256 } from '../crypto/cipher.js';

const purposes = {
  image: 'Image',
  sticker: 'Image',
  video: 'Video',
  audio: 'Audio',
  document: 'Document',
  history: 'History',
  'app-state': 'App State',
} as const;

/** Kind of an encrypted blob. Its keys are derived per kind, so it decrypts only as the kind it was encrypted as. */
export type EncryptedMediaKind = keyof typeof purposes;

/** What a message states about its blob. Hashes are SHA-256; the length is that of the plaintext in bytes. */
export type MediaDigest = {
  readonly fileSha256: Uint8Array;
  readonly fileEncSha256: Uint8Array;
  readonly fileLength: number;
};

export type EncryptedMedia = MediaDigest & { readonly ciphertext: Buffer; readonly mediaKey: Uint8Array };

type MediaErrorCode = 'bad_key' | 'bad_shape' | 'tampered' | 'digest_mismatch';

/** A blob cannot be decrypted: it was modified or truncated, or belongs to another key, kind or message. */
class MediaError extends Error {
  constructor(
    readonly code: MediaErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'MediaError';
  }
}

const mediaKeyBytes = 32;
const cipherBlockBytes = 16;
const macBytes = 10;

/** Encrypts as WhatsApp does. A key must have 32 bytes and must not be used twice: the IV is derived from it. */
export function encryptMedia(
  bytes: Uint8Array,
  kind: EncryptedMediaKind,
  mediaKey: Uint8Array = randomBytes(mediaKeyBytes),
): EncryptedMedia {
  const { iv, cipherKey, macKey } = keysOf(mediaKey, kind);
  const cipher = createCipheriv('aes-256-cbc', cipherKey, iv);
  const encrypted = Buffer.concat([cipher.update(bytes), cipher.final()]);
  const ciphertext = Buffer.concat([encrypted, macOf(macKey, iv, encrypted)]);
  return {
    ciphertext,
    mediaKey,
    fileSha256: sha256(bytes),
    fileEncSha256: sha256(ciphertext),
    fileLength: bytes.length,
  };
}

/** Decrypts a blob. Throws a MediaError if that fails or the result does not match `expected`. */
export function decryptMedia(
  ciphertext: Uint8Array,
  mediaKey: Uint8Array,
  kind: EncryptedMediaKind,
  expected: Partial<MediaDigest> = {},
): Buffer {
  if (ciphertext.length < cipherBlockBytes + macBytes || (ciphertext.length - macBytes) % cipherBlockBytes !== 0)
    throw new MediaError('bad_shape', `${ciphertext.length} bytes are not whole cipher blocks plus a MAC`);
  checkHash(expected.fileEncSha256, sha256(ciphertext), 'ciphertext');

  const { iv, cipherKey, macKey } = keysOf(mediaKey, kind);
  const encrypted = ciphertext.subarray(0, -macBytes);
  if (!timingSafeEqual(macOf(macKey, iv, encrypted), ciphertext.subarray(-macBytes)))
    throw new MediaError('tampered', `the MAC does not match: modified bytes, another key, or not of kind ${kind}`);

  const bytes = decipher(encrypted, cipherKey, iv);
  checkHash(expected.fileSha256, sha256(bytes), 'plaintext');
  if (expected.fileLength !== undefined && expected.fileLength !== bytes.length)
    throw new MediaError('digest_mismatch', `${bytes.length} bytes, but the message states ${expected.fileLength}`);
  return bytes;
}

function keysOf(mediaKey: Uint8Array, kind: EncryptedMediaKind) {
  if (mediaKey.length !== mediaKeyBytes)
    throw new MediaError('bad_key', `a media key must have ${mediaKeyBytes} bytes`);
  // The last 32 of the 112 bytes are the reference key, which the sandbox does not use.
  const keys = Buffer.from(hkdfSync('sha256', mediaKey, Buffer.alloc(32), `WhatsApp ${purposes[kind]} Keys`, 112));
  return { iv: keys.subarray(0, 16), cipherKey: keys.subarray(16, 48), macKey: keys.subarray(48, 80) };
}

const macOf = (macKey: Uint8Array, iv: Uint8Array, encrypted: Uint8Array): Buffer =>
  createHmac('sha256', macKey).update(iv).update(encrypted).digest().subarray(0, macBytes);

function decipher(encrypted: Uint8Array, cipherKey: Uint8Array, iv: Uint8Array): Buffer {
  try {
    const cipher = createDecipheriv('aes-256-cbc', cipherKey, iv);
    return Buffer.concat([cipher.update(encrypted), cipher.final()]);
  } catch (error) {
    throw new MediaError('bad_shape', `the MAC matches but the padding is invalid: ${String(error)}`);
  }
}

function checkHash(expected: Uint8Array | undefined, actual: Uint8Array, what: string): void {
  if (expected !== undefined && Buffer.compare(expected, actual) !== 0)
    throw new MediaError('digest_mismatch', `the SHA-256 of the ${what} does not match the message`);
}
