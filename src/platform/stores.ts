import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '#config';
import { StoreUnavailable, type EventStore } from '#lib/event-store';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import type { ReadModels } from '#lib/read-models';
import { openSqliteReadModels } from '#lib/read-models/sqlite';
import type { SagaProgress } from '#lib/saga-progress';
import { openSqliteSagaProgress } from '#lib/saga-progress/sqlite';
import type { Log } from '#lib/subscriptions';
import { dataFiles } from './data-files.js';
import { applyRepairs } from './log-repairs.js';

/** The log, the views that are built from it, and how far each saga has come in it. */
export type Stores = { readonly events: EventStore; readonly models: ReadModels; readonly sagaProgress: SagaProgress };

/** Where the stores are. */
export type StoresConfig = Pick<Config, 'WAYBILL_DATA_DIR'> &
  Partial<Pick<Config, 'EVENTSTORE_URL' | 'EVENTSTORE_NAMESPACE'>>;

const serverRetryMs = 2000;

/**
 * Opens the stores: in a directory that exists, creating those that do not, and the log on its server where one is configured. With `waiting`,
 * a server that does not answer is waited for, and that is logged.
 * @throws {StoreUnavailable | ReadModelsUnavailable | SagaProgressUnavailable | OperatorError} with a message for the operator.
 */
export const openStores = async (config: StoresConfig, waiting?: Pick<Log, 'warn'>): Promise<Stores> => {
  const { WAYBILL_DATA_DIR: directory } = config;
  const opened: { close(): Promise<void> }[] = [];
  const keep = <Store extends { close(): Promise<void> }>(store: Store): Store => {
    opened.unshift(store);
    return store;
  };
  try {
    const events = keep(await openLog(config, waiting));
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

/** Opens the log alone, as {@link openStores} does. */
export const openLog = async (
  { WAYBILL_DATA_DIR: directory, EVENTSTORE_URL: url, EVENTSTORE_NAMESPACE: namespace }: StoresConfig,
  waiting: Pick<Log, 'warn'> | undefined,
): Promise<EventStore> => {
  if (url === undefined) return openSqliteEventStore({ file: join(directory, dataFiles.events) });
  // Loaded only here: most installations have no server.
  const { InvalidEventStoreUrl, openEventStoreDb } = await import('#lib/event-store/eventstoredb');
  for (;;) {
    try {
      return await openEventStoreDb({ url, ...(namespace !== undefined && { namespace }) });
    } catch (error) {
      if (error instanceof InvalidEventStoreUrl) throw new InvalidEventStoreUrl(`EVENTSTORE_URL: ${error.message}`);
      if (!waiting || !(error instanceof StoreUnavailable)) throw error;
      waiting.warn({ reason: error.message }, 'The service waits for the server of EVENTSTORE_URL');
      await delay(serverRetryMs);
    }
  }
};
