import type { EventStore } from '../port.js';
import { SqliteEventStore } from './store.js';

export type SqliteEventStoreOptions = {
  readonly file: string;
  /** Told about failed upkeep, which is retried. */
  readonly log?: { warn(details: object, message: string): void };
};

/**
 * Opens the event store in a file, which is created if it does not exist, and migrates it to the latest schema. Beside the file there are
 * its write-ahead log (`-wal`, `-shm`) and its lock (`.lock`).
 * @throws {StoreUnavailable} another process has the file open (`owned`), or it cannot be opened (`io`, `disk_full`, `corrupt`).
 * @throws {NewerSchema} a newer version of the program wrote the file.
 */
export const openSqliteEventStore = ({ file, log }: SqliteEventStoreOptions): Promise<EventStore> =>
  SqliteEventStore.open(file, log);
