/** A value of a session, by type (one of Baileys, or `creds` for the credentials themselves) and id. A null value removes it. */
export type CredentialEntry = { readonly type: string; readonly id: string; readonly value: Uint8Array | null };

/** What is known of a message that arrived for a session. Numbers ascend in the order of arrival. A null value removes it. */
export type Arrival = { readonly number: number; readonly value: Uint8Array | null };

/**
 * What a write survives once it has resolved. `crash`: the sudden end of this process. `power_cut`: also that of the machine, which then holds
 * for all earlier writes as well.
 */
export type Durability = 'crash' | 'power_cut';

/**
 * Stores the credentials and Signal keys of sessions as bytes. Writes of all sessions are applied in the order of the calls, and after a crash
 * a prefix of them is there. So keys are never older than the credentials that refer to them.
 */
export type CredentialStore = {
  /** The values that exist. Reads its own writes, also those that have not resolved yet. */
  read(sessionId: string, type: string, ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Atomic, including the arrivals: a message is stored if and only if the keys that it changed are. */
  write(
    sessionId: string,
    entries: readonly CredentialEntry[],
    durability: Durability,
    arrivals?: readonly Arrival[],
  ): Promise<void>;
  /** The arrivals that were not removed, in order. Reads its own writes. */
  arrivals(sessionId: string): Promise<readonly { readonly number: number; readonly value: Uint8Array }[]>;
  /** Deletes everything of a session. Once it resolves, a power cut does not bring it back. */
  remove(sessionId: string): Promise<void>;
  /** The sessions with credentials. */
  sessions(): Promise<readonly string[]>;
  /** Waits for pending writes. Idempotent. */
  close(): Promise<void>;
};
