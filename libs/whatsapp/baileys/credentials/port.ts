/** A value of a session: of a type (Baileys' names, and `creds` for the credentials themselves), by an id within it. Null removes it. */
export type CredentialEntry = { readonly type: string; readonly id: string; readonly value: Uint8Array | null };

/**
 * Something that came for a session and is not dealt with yet, under a number that grows in the order in which they came. Null where it
 * is dealt with.
 */
export type Arrival = { readonly number: number; readonly value: Uint8Array | null };

/**
 * What a write must outlive before it resolves. `crash`: the end of this process, however sudden. `power_cut`: that of the machine, too;
 * then everything that was written before it does as well.
 */
export type Survives = 'crash' | 'power_cut';

/**
 * Keeps the credentials and Signal keys of sessions, as bytes. What outlives a crash is always a beginning of what was written, in the
 * order of the calls, whatever session each was for: so keys are never older than the credentials that speak of them.
 */
export type CredentialStore = {
  /** The values that are there. Sees every earlier write, also one that has not resolved yet. */
  read(sessionId: string, type: string, ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** All or none, of what arrived as well: it is there if and only if the keys that it used up are as it left them. */
  write(
    sessionId: string,
    entries: readonly CredentialEntry[],
    survives: Survives,
    arrivals?: readonly Arrival[],
  ): Promise<void>;
  /** What arrived and is not dealt with, in order. Sees every earlier write. */
  arrivals(sessionId: string): Promise<readonly { readonly number: number; readonly value: Uint8Array }[]>;
  /** Deletes all of a session. Once it resolves, nothing is left of it, and a power cut does not bring it back. */
  remove(sessionId: string): Promise<void>;
  /** The sessions that have credentials. */
  sessions(): Promise<readonly string[]>;
  /** Waits for what is under way. Harmless when called twice. */
  close(): Promise<void>;
};
