import { randomBytes, randomInt } from 'node:crypto';
import { generateKeyPair, SigningKey, type KeyPair } from '#lib/curve25519';
import type { KeyBundle } from '../network/mail.js';

const seedBytes = 32;
const signedPreKeyId = 1;
/** Issued but unused prekeys that are kept; the oldest are dropped first. */
const maxUnremovePreKeys = 500;

type StoredPair = readonly [publicKey: string, privateKey: string];
export type PhoneKeysSnapshot = {
  readonly seed: string;
  readonly registrationId: number;
  readonly signedPreKey?: StoredPair | undefined;
  readonly nextPreKeyId: number;
  readonly preKeys: readonly (readonly [id: number, pair: StoredPair])[];
};

const store = ({ publicKey, privateKey }: KeyPair): StoredPair => [
  publicKey.toString('base64'),
  privateKey.toString('base64'),
];
const load = ([publicKey, privateKey]: StoredPair): KeyPair => ({
  publicKey: Buffer.from(publicKey, 'base64'),
  privateKey: Buffer.from(privateKey, 'base64'),
});

/** The Signal keys of a virtual phone. Prekeys are generated on demand. */
export class PhoneKeys {
  readonly registrationId: number;
  readonly #seed: Buffer;
  #identity: SigningKey | undefined;
  #signedPreKey: KeyPair | undefined;
  #signature: Buffer | undefined;
  #nextPreKeyId: number;
  readonly #preKeys: Map<number, KeyPair>;

  constructor(snapshot?: PhoneKeysSnapshot) {
    this.#seed = snapshot ? Buffer.from(snapshot.seed, 'base64') : randomBytes(seedBytes);
    this.registrationId = snapshot?.registrationId ?? randomInt(1, 16_380);
    this.#signedPreKey = snapshot?.signedPreKey && load(snapshot.signedPreKey);
    this.#nextPreKeyId = snapshot?.nextPreKeyId ?? 1;
    this.#preKeys = new Map(snapshot?.preKeys.map(([id, pair]) => [id, load(pair)]));
  }

  /** Created on first use: most accounts are only looked up. */
  get identity(): SigningKey {
    return (this.#identity ??= SigningKey.fromSeed(this.#seed));
  }

  get signedPreKey(): KeyPair {
    return (this.#signedPreKey ??= generateKeyPair());
  }

  preKey(id: number): KeyPair | undefined {
    return this.#preKeys.get(id);
  }

  removePreKey(id: number): void {
    this.#preKeys.delete(id);
  }

  takeBundle(): KeyBundle {
    const { publicKey } = this.signedPreKey;
    this.#signature ??= this.identity.sign(Buffer.concat([Buffer.from([5]), publicKey]));
    const keyId = this.#nextPreKeyId++;
    const preKey = generateKeyPair();
    this.#preKeys.set(keyId, preKey);
    if (this.#preKeys.size > maxUnremovePreKeys) this.#preKeys.delete(this.#preKeys.keys().next().value ?? 0);
    return {
      registrationId: this.registrationId,
      identityKey: this.identity.publicKey,
      signedPreKey: { keyId: signedPreKeyId, publicKey, signature: this.#signature },
      preKey: { keyId, publicKey: preKey.publicKey },
    };
  }

  snapshot(): PhoneKeysSnapshot {
    return {
      seed: this.#seed.toString('base64'),
      registrationId: this.registrationId,
      signedPreKey: this.#signedPreKey && store(this.#signedPreKey),
      nextPreKeyId: this.#nextPreKeyId,
      preKeys: [...this.#preKeys].map(([id, pair]) => [id, store(pair)]),
    };
  }
}
