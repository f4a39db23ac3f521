import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import { VaultError } from './errors.js';
import type { MasterKey } from './master-key.js';

/** Encrypts values for one purpose. */
export type Sealer = {
  /** `context` says what the value is and whose. It is not stored, and the value opens only with the same one. */
  seal: (bytes: Uint8Array, context: string) => Buffer;
  /** @throws {VaultError} `cannot_open`, `unknown_format` */
  open: (sealed: Uint8Array, context: string) => Buffer;
};

const algorithm = 'aes-256-gcm';
/** The first byte of a sealed value; then come nonce, tag and ciphertext. */
const version = 1;
const nonceOffset = 1;
const tagOffset = nonceOffset + 12;
const textOffset = tagOffset + 16;

/**
 * A sealer with a key of its own. Nonces are random, so one purpose should seal fewer than about 2^32 values in its life: use a purpose
 * for each owner of values that are written all the time.
 */
export const sealer = (master: MasterKey, purpose: string): Sealer => {
  const key = master.subkey(`seal/${purpose}`);
  return {
    seal(bytes, context) {
      const nonce = newNonce();
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(boundTo(context));
      const text = [cipher.update(bytes), cipher.final()];
      return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), ...text]);
    },
    open(sealed, context) {
      if (sealed[0] !== version) throw new VaultError('unknown_format', 'The value was sealed in an unknown format');
      if (sealed.length < textOffset) throw cannotOpen();
      const decipher = createDecipheriv(algorithm, key, sealed.subarray(nonceOffset, tagOffset))
        .setAAD(boundTo(context))
        .setAuthTag(sealed.subarray(tagOffset, textOffset));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(textOffset)), decipher.final()]);
      } catch {
        throw cannotOpen(); // Node says only that the tag does not match
      }
    },
  };
};

/** Nonces are drawn many at a time: asking the system takes longer than encrypting. */
const pool = Buffer.alloc(512 * (tagOffset - nonceOffset));
let used = pool.length;

/** Valid until the next one is taken. */
const newNonce = (): Buffer => {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const from = used;
  used += tagOffset - nonceOffset;
  return pool.subarray(from, used);
};

const boundTo = (context: string): Buffer => Buffer.from(`${version}/${context}`);

const cannotOpen = (): VaultError =>
  new VaultError('cannot_open', 'The value was sealed with another key, for another context, or was changed since');
