import { passedOver, type EventStore } from '#lib/event-store';
import { OperatorError } from '#lib/operator-error';
import type { Secrets } from '#lib/vault';
import { logPlaces } from './data-files.js';

/** The log is missing, or is that of another installation. */
class AnotherLog extends OperatorError {
  override readonly name = 'AnotherLog';
}

/** Where a store says which log it was made for, which is recognized by its first event. */
type Mark = {
  /** The store, in words. */
  readonly what: string;
  readonly read: () => Promise<string | undefined>;
  readonly write: (firstEventId: string) => Promise<unknown>;
};

/** Short texts about a database. */
type Notes = {
  get(name: string): Promise<string | undefined>;
  put(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
};

const kind = 'log';
const name = 'first-event';

/**
 * Makes sure that secrets stand beside the log that they were made for. Secrets of a log that had no event yet accept any.
 * @throws {AnotherLog}
 */
export const assertSameLog = (secrets: Secrets, events: EventStore): Promise<void> =>
  assertMark(
    {
      what: 'secrets (secrets.db, or the database of MONGODB_URI)',
      read: async () => (await secrets.get(kind, name))?.bytes.toString(),
      write: (id) => secrets.put(kind, name, Buffer.from(id)),
    },
    events,
  );

/**
 * Makes sure that a database holds the views of the log beside it. A log that was moved counts otherwise, so it is another one.
 * @throws {AnotherLog}
 */
export const assertSameDatabase = (
  { notes }: { readonly notes: Notes },
  events: EventStore,
  place: 'file' | 'server',
): Promise<void> =>
  assertMark(
    {
      what: 'views (the database of MONGODB_URI)',
      read: async () => unmarked(await notes.get(name), place),
      write: (id) => notes.put(name, `${place} ${id}`),
    },
    events,
  );

/** The id if the log was in that place, and otherwise what no log begins with. */
const unmarked = (note: string | undefined, place: string): string | undefined =>
  note?.startsWith(`${place} `) ? note.slice(place.length + 1) : note;

/** For a database whose views are removed. */
export const forgetLog = ({ notes }: { readonly notes: Notes }): Promise<void> => notes.remove(name);

const assertMark = async ({ what, read, write }: Mark, events: EventStore): Promise<void> => {
  const first = await firstEventId(events);
  if (first === passedOver) return; // it was damaged, so that it recognizes no log
  const known = await read();
  if (known === undefined) {
    if (first !== undefined) await write(first);
  } else if (first === undefined) {
    throw new AnotherLog(`The log (${logPlaces}) is missing or empty, but its ${what} are there. Put it back`);
  } else if (first !== known) {
    throw new AnotherLog(`The ${what} belong to another log than the one that is there (${logPlaces})`);
  }
};

const firstEventId = async (events: EventStore): Promise<string | undefined> => {
  for await (const { id, type } of events.readAll({ limit: 1 })) return type === passedOver ? passedOver : id;
  return undefined;
};
