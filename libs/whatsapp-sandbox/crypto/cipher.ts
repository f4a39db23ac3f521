import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, type KeyObject } from 'node:crypto';

const tagBytes = 16;

type Key = Uint8Array | KeyObject;

export const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export const hmacSha256 = (key: Uint8Array, data: Uint8Array): Buffer =>
  createHmac('sha256', key).update(data).digest();

export const hkdfSha256 = (secret: Uint8Array, length: number, salt: Uint8Array, info = ''): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, length));

/** AES-256-GCM; the tag follows the ciphertext. */
export function gcmEncrypt(key: Key, iv: Uint8Array, plaintext: Uint8Array, aad?: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  if (aad) cipher.setAAD(aad);
  const ciphertext = cipher.update(plaintext);
  cipher.final(); // computes the tag; GCM has no padding
  return Buffer.concat([ciphertext, cipher.getAuthTag()]);
}

/** Throws if the tag does not match. */
export function gcmDecrypt(key: Key, iv: Uint8Array, ciphertext: Uint8Array, aad?: Uint8Array): Buffer {
  if (ciphertext.length < tagBytes) throw new Error('ciphertext is shorter than its tag');
  const decipher = createDecipheriv('aes-256-gcm', key, iv);
  if (aad) decipher.setAAD(aad);
  decipher.setAuthTag(ciphertext.subarray(-tagBytes));
  const plaintext = decipher.update(ciphertext.subarray(0, -tagBytes));
  decipher.final(); // checks the tag
  return plaintext;
}

/** Encrypts and decrypts: AES-256-CTR is its own inverse. */
export const ctrApply = (key: Uint8Array, iv: Uint8Array, data: Uint8Array): Buffer =>
  createCipheriv('aes-256-ctr', key, iv).update(data);

/** AES-256-CBC with PKCS#7 padding. */
export function cbcEncrypt(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([cipher.update(plaintext), cipher.final()]);
}

/** Throws if the padding is invalid. */
export function cbcDecrypt(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
}
