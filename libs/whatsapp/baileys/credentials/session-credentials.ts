import { initAuthCreds, type AuthenticationCreds, type SignalDataSet } from '@whiskeysockets/baileys';
import type { WhatsAppLogger } from '../../port.js';
import { decodeCreds, decodeSignal, encode, encodeSignal } from './encoding.js';
import type { KeysAndArrivals } from '../signal-repository.js';
import type { CredentialEntry, CredentialStore, Survives } from './port.js';

const credsType = 'creds';
const credsId = '';
const retryAfter = 3000;

/**
 * Where losing the last seconds in a power cut would cost more than a few messages that WhatsApp repeats by itself: what others were
 * told of (our one-time keys) or what cannot be had again. All else, ratchets above all, must only outlive the process.
 */
const lasting: ReadonlySet<string> = new Set(['pre-key', 'app-state-sync-key', 'app-state-sync-version']);

/** One session's credentials and keys, in the form in which Baileys wants them. */
export class SessionCredentials {
  private retired = false;

  private constructor(
    readonly creds: AuthenticationCreds,
    private readonly sessionId: string,
    private readonly store: CredentialStore,
    private readonly log: WhatsAppLogger,
  ) {}

  /** Those that are stored; new ones, of which nothing is stored before the session is linked, where there are none. */
  static async load(sessionId: string, store: CredentialStore, log: WhatsAppLogger): Promise<SessionCredentials> {
    const stored = (await store.read(sessionId, credsType, [credsId])).get(credsId);
    return new SessionCredentials(stored ? decodeCreds(stored) : initAuthCreds(), sessionId, store, log);
  }

  /** A phone has let the session in. An asked-for pairing code alone makes `creds.me` known, and no more. */
  get isLinked(): boolean {
    return this.creds.account !== undefined;
  }

  readonly keys: KeysAndArrivals = {
    get: async (type, ids) => {
      const found = await this.store.read(this.sessionId, type, ids);
      return Object.fromEntries(Array.from(found, ([id, bytes]) => [id, decodeSignal(type, bytes)]));
    },
    set: async (data) => {
      const entries = entriesOf(data);
      const survives = entries.some(({ type }) => lasting.has(type)) ? 'power_cut' : 'crash';
      if (entries.length > 0) await this.write(entries, survives);
    },
    receive: async (steps, arrivals) => {
      // Nobody may believe that it is stored: what is not confirmed comes again.
      if (this.retired) throw new Error('The connection has ended');
      await this.store.write(this.sessionId, entriesOf(steps), 'power_cut', arrivals);
    },
  };

  /**
   * Stores the credentials as they are now. Baileys does not wait for it, so it does not fail: a write that fails is repeated until it
   * succeeds. It is on its way before any later write of keys is.
   */
  save(): void {
    if (!this.isLinked) return;
    const entry = { type: credsType, id: credsId, value: encode(this.creds) };
    this.write([entry], 'power_cut').catch((error: unknown) => {
      this.log.error({ err: error, sessionId: this.sessionId }, 'Credentials could not be stored; it is tried again');
      setTimeout(() => this.save(), retryAfter).unref();
    });
  }

  /** From now on nothing is stored: what a dying connection still writes must not bring a forgotten session back. */
  retire(): void {
    this.retired = true;
  }

  private async write(entries: readonly CredentialEntry[], survives: Survives): Promise<void> {
    if (!this.retired) await this.store.write(this.sessionId, entries, survives);
  }
}

const entriesOf = (data: SignalDataSet): readonly CredentialEntry[] =>
  Object.entries(data).flatMap(([type, values]) =>
    Object.entries(values).map(([id, value]) => ({
      type,
      id,
      value: value === null || value === undefined ? null : encodeSignal(type, value),
    })),
  );
