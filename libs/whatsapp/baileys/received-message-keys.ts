import type { SignalDataTypeMap, SignalKeyStoreWithTransaction } from '@whiskeysockets/baileys';
import type { Arrival } from './credentials/port.js';
import type { PendingKeyChanges } from './pending-key-changes.js';
import { SessionTrials } from './session-trials.js';
import type { KeyAndArrivalStore } from './signal-repository.js';

type Stored = SignalDataTypeMap['session'];
type Records = { readonly [id: string]: Stored };

/** The keys of a session as they are while one message after the other is decrypted. */
export class ReceivedMessageKeys {
  private readonly trials = new SessionTrials();
  /** Addresses of devices whose identity has changed: their sessions are over, provided that the message can be decrypted. */
  private readonly ended = new Set<string>();

  constructor(
    private readonly stored: KeyAndArrivalStore,
    private readonly pending: PendingKeyChanges,
    private readonly onStoreFailed: (error: unknown) => void,
  ) {}

  readonly keys: SignalKeyStoreWithTransaction = {
    get: async <T extends keyof SignalDataTypeMap>(type: T, ids: string[]) => {
      const found = await this.orFail(this.pending.readThrough(this.stored, type, ids));
      return type === 'session' ? (this.sessions(found as Records) as typeof found) : found;
    },
    set: async ({ session, ...others }) => {
      if (Object.keys(others).length > 0) this.pending.add(others);
      const changed: { [id: string]: Stored } = {};
      // libsignal itself removes no session. Baileys does, outside of libsignal's queue, before it decrypts a message with another identity.
      for (const [id, record] of Object.entries(session ?? {})) {
        if (record === null) this.ended.add(id);
        else changed[id] = this.trials.complete(id, record);
      }
      if (Object.keys(changed).length > 0) this.pending.add({ session: changed });
    },
    isInTransaction: () => false,
    transaction: (work) => work(),
  };

  tryEachSession<Result>(decrypt: () => Promise<Result>): Promise<Result> {
    return this.trials.forEach(decrypt);
  }

  /** Stores what the message that was decrypted last has changed, together with arrivals. */
  store(arrivals: readonly Arrival[]): Promise<void> {
    return this.orFail(this.stored.storeReceived(this.pending.all, arrivals));
  }

  /** The message is stored, or has changed nothing. */
  settle(): void {
    this.ended.clear();
    this.pending.clear();
  }

  private sessions(records: Records): Records {
    const current = Object.entries(records).filter(([id]) => !this.ended.has(id));
    return Object.fromEntries(current.map(([id, record]) => [id, this.trials.reduce(id, record)]));
  }

  /** Reports a failure of the store before Baileys can take it for a message that cannot be decrypted. */
  private async orFail<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      this.onStoreFailed(error);
      throw error;
    }
  }
}
