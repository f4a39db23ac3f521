import type { CredentialsChange } from './change.js';

/** The latest values that are not on disk yet. Reads must prefer them to those on disk. */
export class PendingWrites {
  private readonly sessions = new Map<string, Map<string, PendingValue>>();

  /** A later change replaces an earlier one. */
  add({ session, entries }: CredentialsChange): void {
    // Until the removal resolves, the session may be read as it is on disk.
    if (entries === null) return void this.sessions.delete(session);
    const values = this.sessions.get(session) ?? new Map<string, PendingValue>();
    this.sessions.set(session, values);
    for (const { type, id, value } of entries) values.set(keyOf(type, id), { value, by: entries });
  }

  /** The change is on disk, or failed. */
  remove({ session, entries }: CredentialsChange): void {
    const values = this.sessions.get(session);
    if (!values || entries === null) return;
    for (const { type, id } of entries) {
      if (values.get(keyOf(type, id))?.by === entries) values.delete(keyOf(type, id));
    }
    if (values.size === 0) this.sessions.delete(session);
  }

  /** Undefined where nothing is pending, null where a removal is. */
  find(session: string, type: string, id: string): Uint8Array | null | undefined {
    return this.sessions.get(session)?.get(keyOf(type, id))?.value;
  }
}

type PendingValue = { readonly value: Uint8Array | null; readonly by: NonNullable<CredentialsChange['entries']> };

const keyOf = (type: string, id: string): string => `${type}\0${id}`;
