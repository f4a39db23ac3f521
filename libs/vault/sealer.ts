import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import { VaultError } from './errors.js';
import type { MasterKey } from './master-key.js';

/** Encrypts values for one purpose. */
export type Sealer = {
  /** `context` says what the value is and whose: it is not stored, and the value opens with the same one only. */
  seal: (bytes: Uint8Array, context: string) => Buffer;
  /** @throws {VaultError} `cannot_open`, `unknown_format` */
  open: (sealed: Uint8Array, context: string) => Buffer;
};

const algorithm = 'aes-256-gcm';
/** Stored first in every sealed value: version, nonce, tag, ciphertext. */
const version = 1;
const nonceAt = 1;
const tagAt = nonceAt + 12;
const textAt = tagAt + 16;

/**
 * A sealer with a key of its own. Nonces are random, so that one purpose should stay below about 2^32 values in its life: what writes
 * without end takes a purpose for each owner.
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
      if (sealed.length < textAt) throw cannotOpen();
      const decipher = createDecipheriv(algorithm, key, sealed.subarray(nonceAt, tagAt))
        .setAAD(boundTo(context))
        .setAuthTag(sealed.subarray(tagAt, textAt));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(textAt)), decipher.final()]);
      } catch {
        throw cannotOpen(); // node tells no more than that the tag is another one
      }
    },
  };
};

/** Asking the system for a few bytes takes as long as for many, and longer than encrypting with them. */
const supply = Buffer.alloc(512 * (tagAt - nonceAt));
let used = supply.length;

/** Good until the next one is taken. */
const newNonce = (): Buffer => {
  if (used === supply.length) {
    randomFillSync(supply);
    used = 0;
  }
  const from = used;
  used += tagAt - nonceAt;
  return supply.subarray(from, used);
};

const boundTo = (context: string): Buffer => Buffer.from(`${version}/${context}`);

const cannotOpen = (): VaultError =>
  new VaultError('cannot_open', 'The value was sealed with another key, for another context, or was changed since');
