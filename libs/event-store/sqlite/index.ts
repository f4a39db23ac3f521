import type { EventStore } from '../port.js';
import { SqliteEventStore } from './store.js';
import type { UpkeepLog } from './upkeep.js';

export type SqliteEventStoreOptions = {
  readonly file: string;
  /** Hears of failed upkeep, which is tried again by itself. */
  readonly logger?: UpkeepLog;
};

/**
 * Opens the event store in a file, makes it where there is none, and brings it to the newest schema. Beside the file stand its
 * write-ahead log (`-wal`, `-shm`) and its lock (`.lock`).
 * @throws {StoreUnavailable} another process has the file (`owned`), or it cannot be opened (`io`, `disk_full`, `corrupt`).
 * @throws {NewerSchema} a newer version of the program wrote it.
 */
export const openSqliteEventStore = ({ file, logger }: SqliteEventStoreOptions): Promise<EventStore> =>
  SqliteEventStore.open(file, logger);
