import { Transient } from '#lib/async';

/** A secret as it is kept. */
export type Secret = {
  readonly bytes: Buffer;
  /** Another one after each change of this secret, never one that it had before. */
  readonly revision: number;
  /** ISO 8601, or null where it stays until it is removed. */
  readonly expiresAt: string | null;
};

/**
 * A durable table of secrets, each found by its kind and id; sealed where they lie, so that the file tells them to nobody. Every change
 * survives a power cut once its promise resolves. What has expired is not there. All reject with a {@link SecretsUnavailable} when the
 * disk fails or it is closed, and with a VaultError where a value does not open.
 */
export type Secrets = {
  /** Sets it, whatever was there. */
  put(kind: string, id: string, bytes: Uint8Array, expiresAt?: string): Promise<void>;
  /** Sets it where there is none; false where there is. */
  add(kind: string, id: string, bytes: Uint8Array, expiresAt?: string): Promise<boolean>;
  /** Sets it where it still has this revision; false where it changed or is gone. Of several at once, one wins. */
  replace(kind: string, id: string, revision: number, bytes: Uint8Array, expiresAt?: string): Promise<boolean>;
  get(kind: string, id: string): Promise<Secret | undefined>;
  /** Removes it and returns what it was. Of several at once, one gets it. */
  take(kind: string, id: string): Promise<Secret | undefined>;
  /** Does nothing where there is none. */
  remove(kind: string, id: string): Promise<void>;
  /** In no particular order. */
  list(kind: string): Promise<readonly { readonly id: string; readonly expiresAt: string | null }[]>;
  /** Removes what has expired, and returns how many those were. Also done now and then without being asked. */
  sweep(): Promise<number>;
  /** Waits for what is under way. Harmless when called twice. */
  close(): Promise<void>;
};

/** The secrets cannot be read or changed now. */
export class SecretsUnavailable extends Transient {
  override readonly name = 'SecretsUnavailable';
}
