import { Transient } from '#lib/async';

/** A stored secret. */
export type Secret = {
  readonly bytes: Buffer;
  /** New after each change of this secret, and never reused. */
  readonly revision: number;
  /** ISO 8601, or null if it does not expire. */
  readonly expiresAt: string | null;
};

/**
 * A durable table of secrets by kind and id, sealed on disk. Every change survives a power cut once its promise resolves. Expired secrets
 * are not visible. All methods reject with {@link SecretsUnavailable} if the disk fails or the table is closed, and with a VaultError if a
 * value cannot be opened.
 */
export type Secrets = {
  /** Stores it, and replaces an old one. */
  put(kind: string, id: string, bytes: Uint8Array, expiresAt?: string): Promise<void>;
  /** Stores it if there is none, otherwise returns false. */
  add(kind: string, id: string, bytes: Uint8Array, expiresAt?: string): Promise<boolean>;
  /** Replaces it if it has this revision, otherwise returns false. Of several concurrent calls, one wins. */
  replace(kind: string, id: string, revision: number, bytes: Uint8Array, expiresAt?: string): Promise<boolean>;
  get(kind: string, id: string): Promise<Secret | undefined>;
  /** Removes and returns it. Of several concurrent calls, one gets it. */
  take(kind: string, id: string): Promise<Secret | undefined>;
  /** Does nothing if there is none. */
  remove(kind: string, id: string): Promise<void>;
  /** In no particular order. */
  list(kind: string): Promise<readonly { readonly id: string; readonly expiresAt: string | null }[]>;
  /** Removes expired secrets, and returns how many of each kind. To be called from time to time. */
  sweep(): Promise<{ readonly [kind: string]: number }>;
  /** Brings its files into shape, where it has any: to be called once a day or so. */
  maintain(): Promise<void>;

  /** Waits for calls under way. May be called twice. */
  close(): Promise<void>;
};

/** The secrets cannot be read or changed at the moment. */
export class SecretsUnavailable extends Transient {
  override readonly name = 'SecretsUnavailable';
}
