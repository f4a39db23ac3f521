import { join } from 'node:path';
import type { EventStore } from '#lib/event-store';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import type { ReadModels } from '#lib/read-models';
import { openSqliteReadModels } from '#lib/read-models/sqlite';
import type { SagaProgress } from '#lib/saga-progress';
import { openSqliteSagaProgress } from '#lib/saga-progress/sqlite';
import { dataFiles } from './data-files.js';
import { applyRepairs } from './log-repairs.js';

/** The log, the views that are built from it, and how far each saga has come in it. */
export type Stores = { readonly events: EventStore; readonly models: ReadModels; readonly sagaProgress: SagaProgress };

/**
 * Opens the embedded stores in a directory that exists, creating those that do not.
 * @throws {StoreUnavailable | ReadModelsUnavailable | SagaProgressUnavailable} with a message for the operator.
 */
export const openStores = async (directory: string): Promise<Stores> => {
  const opened: { close(): Promise<void> }[] = [];
  const keep = <Store extends { close(): Promise<void> }>(store: Store): Store => {
    opened.unshift(store);
    return store;
  };
  try {
    const events = keep(await openSqliteEventStore({ file: join(directory, dataFiles.events) }));
    await applyRepairs(events);
    const models = keep(await openSqliteReadModels({ file: join(directory, dataFiles.views) }));
    const sagaProgress = keep(await openSqliteSagaProgress({ file: join(directory, dataFiles.sagas) }));
    return { events, models, sagaProgress };
  } catch (error) {
    for (const store of opened) await store.close();
    throw error;
  }
};

/** Closes the log last: the others are written for what it says. */
export const closeStores = async ({ events, models, sagaProgress }: Stores): Promise<void> => {
  await sagaProgress.close();
  await models.close();
  await events.close();
};
