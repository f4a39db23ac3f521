import type { SignalDataTypeMap } from '@whiskeysockets/baileys';
import { sessionRecord, storedRecord, type SessionRecord, type SignalSession } from './session-record.js';

type StoredRecord = SignalDataTypeMap['session'];

/** libsignal's error where no session of a record can decrypt a message. Baileys looks for this text. */
const noSessionMatches = 'No matching sessions found for message';

/**
 * Lets libsignal try one session after the other, each in a record of its own. It steps the ratchet of a session before it has checked the
 * MAC, and where another session then decrypts the message, it stores the whole record: the sessions that were tried in vain could not
 * decrypt their next message any more.
 */
export class SessionTrials {
  /** Of the session that is tried; undefined where records are passed whole. */
  private index: number | undefined;
  private count = 0;
  private readonly whole = new Map<string, SessionRecord>();

  /** Calls `attempt` for one session after the other, until one of them decrypts the message. */
  async forEach<Result>(attempt: () => Promise<Result>): Promise<Result> {
    try {
      for (this.index = 0; ; this.index += 1) {
        this.count = 0;
        try {
          return await attempt();
        } catch (error) {
          const mayMatchAnother = error instanceof Error && error.message === noSessionMatches;
          if (!mayMatchAnother || this.index + 1 >= this.count) throw error;
        }
      }
    } finally {
      this.index = undefined;
      this.whole.clear();
    }
  }

  /** The record with nothing but the session that is tried: the one that was used last is tried first, as libsignal does. */
  reduce(id: string, record: StoredRecord): StoredRecord {
    if (this.index === undefined) return record;
    const whole = sessionRecord(record);
    const sessions = Object.entries(whole._sessions).sort(([, a], [, b]) => usedAt(b) - usedAt(a));
    this.whole.set(id, whole);
    this.count = sessions.length;
    return storedRecord({ ...whole, _sessions: Object.fromEntries(sessions.slice(this.index, this.index + 1)) });
  }

  /** The whole record, with the session that has decrypted the message as it is now. */
  complete(id: string, record: StoredRecord): StoredRecord {
    const whole = this.whole.get(id);
    if (!whole) return record;
    return storedRecord({ ...whole, _sessions: { ...whole._sessions, ...sessionRecord(record)._sessions } });
  }
}

const usedAt = ({ indexInfo }: SignalSession): number => indexInfo.used ?? 0;
