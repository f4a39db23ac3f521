import { join } from 'node:path';
import type { EventStore } from '#lib/event-store';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import type { ReadModels } from '#lib/read-models';
import { openSqliteReadModels } from '#lib/read-models/sqlite';
import type { Log } from '#lib/subscriptions';
import { temporaryDirectory } from './temporary-directory.js';

/** The embedded stores in a directory of their own. */
export const openTestStores = async (): Promise<{
  readonly store: EventStore;
  readonly models: ReadModels;
  readonly directory: string;
  readonly close: () => Promise<void>;
}> => {
  const directory = await temporaryDirectory();
  const store = await openSqliteEventStore({ file: join(directory.path, 'events.db') });
  const models = await openSqliteReadModels({ file: join(directory.path, 'views.db') });
  const close = async () => {
    await models.close();
    await store.close();
    await directory.remove();
  };
  return { store, models, directory: directory.path, close };
};

/** A log that is read by nobody. */
export const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };
