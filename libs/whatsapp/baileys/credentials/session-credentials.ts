import { initAuthCreds, type AuthenticationCreds } from '@whiskeysockets/baileys';
import type { WhatsAppLogger } from '../../port.js';
import { decodeCreds, decodeOnce, decodeSignal, encode, encodeSignal } from './encoding.js';
import type { KeyAndArrivalStore } from '../signal-repository.js';
import type { CredentialEntry, CredentialStore, Durability } from './port.js';

const credsType = 'creds';
const credsId = '';
const deviceListType = 'devices';
const retryDelayMs = 3000;

/**
 * The types that must survive a power cut: keys that others have learned of (one-time keys), or that cannot be fetched again. For all others,
 * and ratchets above all, a power cut only costs a few messages that WhatsApp repeats by itself; they only have to survive a crash.
 */
const irreplaceable: ReadonlySet<string> = new Set(['pre-key', 'app-state-sync-key', 'app-state-sync-version']);

/** The credentials and keys of one session, in the form that Baileys expects. */
export class SessionCredentials {
  private retired = false;

  private constructor(
    readonly creds: AuthenticationCreds,
    private readonly sessionId: string,
    private readonly store: CredentialStore,
    private readonly log: WhatsAppLogger,
  ) {}

  /** Loads the stored credentials, or creates new ones. New ones are only stored once the session is linked. */
  static async load(sessionId: string, store: CredentialStore, log: WhatsAppLogger): Promise<SessionCredentials> {
    const stored = (await store.read(sessionId, credsType, [credsId])).get(credsId);
    return new SessionCredentials(stored ? decodeCreds(stored) : initAuthCreds(), sessionId, store, log);
  }

  /** Whether a phone has linked the session. `creds.me` does not tell: it is set as soon as a pairing code was requested. */
  get isLinked(): boolean {
    return this.creds.account !== undefined;
  }

  readonly keys: KeyAndArrivalStore = {
    get: async (type, ids) => {
      const found = await this.store.read(this.sessionId, type, ids);
      return Object.fromEntries(Array.from(found, ([id, bytes]) => [id, decodeSignal(type, bytes)]));
    },
    set: async (data) => {
      const entries = entriesOf(data);
      const durability = entries.some(({ type }) => irreplaceable.has(type)) ? 'power_cut' : 'crash';
      if (entries.length > 0) await this.write(entries, durability);
    },
    storeReceived: async (changes, arrivals) => {
      // It must fail: a message that is not stored must not be confirmed.
      if (this.retired) throw new Error('The connection has ended');
      await this.store.write(this.sessionId, entriesOf(changes), 'power_cut', arrivals);
    },
  };

  /** The devices of people, by user of a jid, which must not be changed. Null removes a list. */
  readonly deviceLists = {
    get: async (users: readonly string[]): Promise<{ readonly [user: string]: unknown }> => {
      const found = await this.store.read(this.sessionId, deviceListType, users);
      return Object.fromEntries(Array.from(found, ([user, bytes]) => [user, decodeOnce(bytes)]));
    },
    set: (lists: { readonly [user: string]: unknown }, durability: Durability): Promise<void> =>
      this.write(entriesOf({ [deviceListType]: lists }), durability),
  };

  /**
   * Stores the current credentials. Baileys does not wait for this, so a write that fails is repeated until it succeeds. The write is queued
   * before any later write of keys.
   */
  save(): void {
    if (!this.isLinked) return;
    const entry = { type: credsType, id: credsId, value: encode(this.creds) };
    this.write([entry], 'power_cut').catch((error: unknown) => {
      this.log.error(
        { err: error, sessionId: this.sessionId },
        'Credentials could not be stored. The write is repeated',
      );
      setTimeout(() => this.save(), retryDelayMs).unref();
    });
  }

  /** Ignores all further writes: a connection that is closing must not bring a deleted session back. */
  retire(): void {
    this.retired = true;
  }

  private async write(entries: readonly CredentialEntry[], durability: Durability): Promise<void> {
    if (!this.retired) await this.store.write(this.sessionId, entries, durability);
  }
}

const entriesOf = (data: { readonly [type: string]: object | undefined }): readonly CredentialEntry[] =>
  Object.entries(data).flatMap(([type, values]) =>
    Object.entries(values ?? {}).map(([id, value]: [string, unknown]) => ({
      type,
      id,
      value: value === null || value === undefined ? null : encodeSignal(type, value),
    })),
  );
