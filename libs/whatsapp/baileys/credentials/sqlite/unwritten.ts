import type { Change } from './writer.js';

/** What was written last and is not on disk yet: what a read must prefer to the disk. */
export class Unwritten {
  private readonly sessions = new Map<string, Map<string, Held>>();

  /** Holds a change until it is let go; one that comes later hides it. */
  hold({ session, entries }: Change): void {
    // A removed session is to be read as it is on disk: until the removal resolves, nobody may expect it to be gone.
    if (entries === null) return void this.sessions.delete(session);
    const held = this.sessions.get(session) ?? new Map<string, Held>();
    this.sessions.set(session, held);
    for (const { type, id, value } of entries) held.set(keyOf(type, id), { value, by: entries });
  }

  letGo({ session, entries }: Change): void {
    const held = this.sessions.get(session);
    if (!held || entries === null) return;
    for (const { type, id } of entries) {
      if (held.get(keyOf(type, id))?.by === entries) held.delete(keyOf(type, id));
    }
    if (held.size === 0) this.sessions.delete(session);
  }

  /** Undefined where nothing is held, null where a removal is. */
  find(session: string, type: string, id: string): Uint8Array | null | undefined {
    return this.sessions.get(session)?.get(keyOf(type, id))?.value;
  }
}

type Held = { readonly value: Uint8Array | null; readonly by: NonNullable<Change['entries']> };

const keyOf = (type: string, id: string): string => `${type}\0${id}`;
