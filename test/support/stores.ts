import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventStore } from '#lib/event-store';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import type { ReadModels } from '#lib/read-models';
import { openSqliteReadModels } from '#lib/read-models/sqlite';
import type { SagaProgress } from '#lib/saga-progress';
import { openSqliteSagaProgress } from '#lib/saga-progress/sqlite';
import type { Log } from '#lib/subscriptions';
import { temporaryDirectory } from './temporary-directory.js';

type OpenStores = { readonly store: EventStore; readonly models: ReadModels; readonly sagaProgress: SagaProgress };

/** The embedded stores in a directory of their own. */
export type TestStores = OpenStores & {
  readonly directory: string;
  /** Closes the stores, deletes the views, and opens the stores again. */
  readonly withoutViews: () => Promise<TestStores>;
  /** Closes the stores and removes the directory. */
  readonly close: () => Promise<void>;
};

/** Opens the embedded stores in a directory, creating those that do not exist. */
export const openStoresIn = async (directory: string): Promise<OpenStores> => ({
  store: await openSqliteEventStore({ file: join(directory, 'events.db') }),
  models: await openSqliteReadModels({ file: join(directory, 'views.db') }),
  sagaProgress: await openSqliteSagaProgress({ file: join(directory, 'sagas.db') }),
});

const closeAll = async ({ store, models, sagaProgress }: OpenStores): Promise<void> => {
  await sagaProgress.close();
  await models.close();
  await store.close();
};

const inDirectory = async (directory: Awaited<ReturnType<typeof temporaryDirectory>>): Promise<TestStores> => {
  const stores = await openStoresIn(directory.path);
  return {
    ...stores,
    directory: directory.path,
    withoutViews: async () => {
      await closeAll(stores);
      for (const suffix of ['', '-wal', '-shm']) await rm(join(directory.path, `views.db${suffix}`), { force: true });
      return inDirectory(directory);
    },
    close: async () => {
      await closeAll(stores);
      await directory.remove();
    },
  };
};

export const openTestStores = async (): Promise<TestStores> => inDirectory(await temporaryDirectory());

/** A log that nobody reads. */
export const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };
