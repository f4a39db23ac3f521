import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

const purposes = {
  image: 'Image',
  sticker: 'Image',
  video: 'Video',
  audio: 'Audio',
  document: 'Document',
  history: 'History',
  'app-state': 'App State',
} as const;

/** What an encrypted blob holds. Its keys are derived for that purpose, so it opens only as what it was sealed as. */
export type MediaKind = keyof typeof purposes;

/** What a message says of its blob. All hashes are SHA-256, lengths are bytes of plain text. */
export type MediaDigest = {
  readonly fileSha256: Uint8Array;
  readonly fileEncSha256: Uint8Array;
  readonly fileLength: number;
};

export type SealedMedia = MediaDigest & { readonly ciphertext: Buffer; readonly mediaKey: Uint8Array };

export type MediaErrorCode = 'bad_key' | 'bad_shape' | 'tampered' | 'digest_mismatch';

/** A blob that does not open: it was changed, cut, or belongs to another key, kind or message. */
export class MediaError extends Error {
  constructor(
    readonly code: MediaErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'MediaError';
  }
}

const KEY_BYTES = 32;
const BLOCK_BYTES = 16;
const MAC_BYTES = 10;

/** Seals bytes as WhatsApp does. A key that is given must be 32 bytes and must not have sealed anything else: the IV follows from it. */
export function encryptMedia(
  bytes: Uint8Array,
  kind: MediaKind,
  mediaKey: Uint8Array = randomBytes(KEY_BYTES),
): SealedMedia {
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

/** Opens a blob and returns the plain bytes, or throws a MediaError. What the message said of the blob is checked where it is given. */
export function decryptMedia(
  ciphertext: Uint8Array,
  mediaKey: Uint8Array,
  kind: MediaKind,
  expected: Partial<MediaDigest> = {},
): Buffer {
  if (ciphertext.length < BLOCK_BYTES + MAC_BYTES || (ciphertext.length - MAC_BYTES) % BLOCK_BYTES !== 0)
    throw new MediaError('bad_shape', `${ciphertext.length} bytes are not whole cipher blocks and a MAC`);
  demand(expected.fileEncSha256, sha256(ciphertext), 'encrypted bytes');

  const { iv, cipherKey, macKey } = keysOf(mediaKey, kind);
  const encrypted = ciphertext.subarray(0, -MAC_BYTES);
  if (!timingSafeEqual(macOf(macKey, iv, encrypted), ciphertext.subarray(-MAC_BYTES)))
    throw new MediaError('tampered', `the MAC does not fit: changed bytes, another key, or not ${kind}`);

  const bytes = decipher(encrypted, cipherKey, iv);
  demand(expected.fileSha256, sha256(bytes), 'plain bytes');
  if (expected.fileLength !== undefined && expected.fileLength !== bytes.length)
    throw new MediaError('digest_mismatch', `${bytes.length} bytes where the message says ${expected.fileLength}`);
  return bytes;
}

export const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

function keysOf(mediaKey: Uint8Array, kind: MediaKind) {
  if (mediaKey.length !== KEY_BYTES) throw new MediaError('bad_key', `a media key has ${KEY_BYTES} bytes`);
  // The last 32 of the 112 bytes are for references, which the sandbox does not use.
  const keys = Buffer.from(hkdfSync('sha256', mediaKey, Buffer.alloc(32), `WhatsApp ${purposes[kind]} Keys`, 112));
  return { iv: keys.subarray(0, 16), cipherKey: keys.subarray(16, 48), macKey: keys.subarray(48, 80) };
}

const macOf = (macKey: Uint8Array, iv: Uint8Array, encrypted: Uint8Array): Buffer =>
  createHmac('sha256', macKey).update(iv).update(encrypted).digest().subarray(0, MAC_BYTES);

function decipher(encrypted: Uint8Array, cipherKey: Uint8Array, iv: Uint8Array): Buffer {
  try {
    const cipher = createDecipheriv('aes-256-cbc', cipherKey, iv);
    return Buffer.concat([cipher.update(encrypted), cipher.final()]);
  } catch (error) {
    throw new MediaError('bad_shape', `the MAC fits but the padding does not: ${String(error)}`);
  }
}

function demand(expected: Uint8Array | undefined, actual: Uint8Array, what: string): void {
  if (expected !== undefined && Buffer.compare(expected, actual) !== 0)
    throw new MediaError('digest_mismatch', `the SHA-256 of the ${what} is not what the message says`);
}
