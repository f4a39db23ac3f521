import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decryptMedia, encryptMedia, type EncryptedMediaKind } from './crypto.js';

const kinds: readonly EncryptedMediaKind[] = ['image', 'sticker', 'video', 'audio', 'document', 'history', 'app-state'];
const kind = fc.constantFrom(...kinds);
const bytes = fc.uint8Array({ maxLength: 300 });

describe('encrypted media', () => {
  it('decrypt to the bytes that were encrypted', () => {
    fc.assert(
      fc.property(bytes, kind, (plain, kind) => {
        const { ciphertext, mediaKey, ...digest } = encryptMedia(plain, kind);
        expect(decryptMedia(ciphertext, mediaKey, kind, digest)).toEqual(Buffer.from(plain));
      }),
    );
  });

  it('do not decrypt if any byte was changed', () => {
    fc.assert(
      fc.property(bytes, kind, fc.nat(), fc.integer({ min: 1, max: 255 }), (plain, kind, at, change) => {
        const { ciphertext, mediaKey } = encryptMedia(plain, kind);
        ciphertext[at % ciphertext.length]! ^= change;
        expect(() => decryptMedia(ciphertext, mediaKey, kind)).toThrow(expect.objectContaining({ code: 'tampered' }));
      }),
    );
  });

  it('do not decrypt if they were truncated', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), (plain, length) => {
        const { ciphertext, mediaKey } = encryptMedia(plain, 'image');
        const cut = ciphertext.subarray(0, length % ciphertext.length);
        expect(() => decryptMedia(cut, mediaKey, 'image')).toThrow(expect.objectContaining({ name: 'MediaError' }));
      }),
    );
  });

  it('decrypt only as the kind they were encrypted as; a sticker counts as an image', () => {
    const { ciphertext, mediaKey } = encryptMedia(Buffer.from('picture'), 'image');
    const opens = kinds.filter((kind) => {
      try {
        return decryptMedia(ciphertext, mediaKey, kind).length > 0;
      } catch {
        return false;
      }
    });
    expect(opens).toEqual(['image', 'sticker']);
  });

  it('must match the hashes and length in the message', () => {
    const { ciphertext, mediaKey } = encryptMedia(Buffer.from('picture'), 'image');
    for (const digest of [{ fileSha256: randomBytes(32) }, { fileEncSha256: randomBytes(32) }, { fileLength: 6 }])
      expect(() => decryptMedia(ciphertext, mediaKey, 'image', digest)).toThrow(
        expect.objectContaining({ code: 'digest_mismatch' }),
      );
  });

  it('need a key of 32 bytes', () => {
    const badKey = expect.objectContaining({ code: 'bad_key' });
    expect(() => encryptMedia(Buffer.from('x'), 'image', randomBytes(31))).toThrow(badKey);
    expect(() => decryptMedia(randomBytes(26), randomBytes(33), 'image')).toThrow(badKey);
  });
});
