import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '#config';
import { StoreUnavailable, type EventStore } from '#lib/event-store';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import type { Mongo } from '#lib/mongo';
import { ReadModelsUnavailable, type ReadModels } from '#lib/read-models';
import { openSqliteReadModels } from '#lib/read-models/sqlite';
import type { SagaProgress } from '#lib/saga-progress';
import { openSqliteSagaProgress } from '#lib/saga-progress/sqlite';
import type { Log } from '#lib/subscriptions';
import { dataFiles } from './data-files.js';
import { applyRepairs } from './log-repairs.js';
import { assertSameDatabase, forgetLog } from './same-log.js';

/** The log, the views that are built from it, and how far each saga has come in it. */
export type Stores = {
  readonly events: EventStore;
  readonly models: ReadModels;
  readonly sagaProgress: SagaProgress;
  /** The database of MongoDB, if a store is there. `noteLog`: see `assertSameDatabase`. */
  readonly database?: { noteLog(): Promise<void>; close(): Promise<void> };
};

/** Where the stores are. */
export type StoresConfig = Pick<Config, 'WAYBILL_DATA_DIR'> &
  Partial<Pick<Config, 'EVENTSTORE_URL' | 'EVENTSTORE_NAMESPACE' | 'MONGODB_URI'>>;

const serverRetryMs = 2000;

/**
 * Opens the stores: in a directory that exists, creating those that do not, and on their servers where some are configured. With `waiting`,
 * a server that does not answer is waited for, and that is logged.
 * @throws {StoreUnavailable | ReadModelsUnavailable | SagaProgressUnavailable | OperatorError} with a message for the operator.
 */
export const openStores = async (config: StoresConfig, waiting?: Pick<Log, 'warn'>): Promise<Stores> => {
  const { WAYBILL_DATA_DIR: directory, MONGODB_URI: uri } = config;
  const opened: { close(): Promise<void> }[] = [];
  const keep = <Store extends { close(): Promise<void> }>(store: Store): Store => {
    opened.unshift(store);
    return store;
  };
  try {
    const events = keep(await openLog(config, waiting));
    await applyRepairs(events);
    const mongo = uri === undefined ? undefined : keep(await openDatabase(uri, waiting));
    const noteLog = async (): Promise<void> => mongo && assertSameDatabase(mongo, events, placeOfLog(config));
    await noteLog();
    const models = keep(mongo ? await openMongoViews(mongo) : await openSqliteViews(directory));
    const sagaProgress = keep(await openSqliteSagaProgress({ file: join(directory, dataFiles.sagas) }));
    return { events, models, sagaProgress, ...(mongo && { database: { noteLog, close: () => mongo.close() } }) };
  } catch (error) {
    for (const store of opened) await store.close();
    throw error;
  }
};

/** Closes the log last: the others are written for what it says. */
export const closeStores = async ({ events, models, sagaProgress, database }: Stores): Promise<void> => {
  await sagaProgress.close();
  await models.close();
  await database?.close();
  await events.close();
};

/** Opens the log alone, as {@link openStores} does. */
export const openLog = async (
  { WAYBILL_DATA_DIR: directory, EVENTSTORE_URL: url, EVENTSTORE_NAMESPACE: namespace }: StoresConfig,
  waiting: Pick<Log, 'warn'> | undefined,
): Promise<EventStore> => {
  if (url === undefined) return openSqliteEventStore({ file: join(directory, dataFiles.events) });
  // Loaded only here, as the client of MongoDB below: most installations have no server.
  const { InvalidEventStoreUrl, openEventStoreDb } = await import('#lib/event-store/eventstoredb');
  const open = async (): Promise<EventStore> => {
    try {
      return await openEventStoreDb({ url, ...(namespace !== undefined && { namespace }) });
    } catch (error) {
      if (error instanceof InvalidEventStoreUrl) throw new InvalidEventStoreUrl(`EVENTSTORE_URL: ${error.message}`);
      throw error;
    }
  };
  return onServer('EVENTSTORE_URL', open, (error) => error instanceof StoreUnavailable, waiting);
};

const placeOfLog = ({ EVENTSTORE_URL: url }: StoresConfig): 'file' | 'server' =>
  url === undefined ? 'file' : 'server';

/** Removes the views that a server keeps, if one is configured: they are made again from the log. */
export const removeServerViews = async ({ MONGODB_URI: uri }: StoresConfig): Promise<void> => {
  if (uri === undefined) return;
  const { removeMongoViews } = await import('#lib/read-models/mongo');
  const mongo = await openDatabase(uri, undefined);
  try {
    await removeMongoViews(mongo);
    await forgetLog(mongo);
  } finally {
    await mongo.close();
  }
};

const openDatabase = async (uri: string, waiting: Pick<Log, 'warn'> | undefined): Promise<Mongo> => {
  const { InvalidMongoUri, MongoUnavailable, openMongo } = await import('#lib/mongo');
  const open = async (): Promise<Mongo> => {
    try {
      return await openMongo(uri);
    } catch (error) {
      if (error instanceof InvalidMongoUri) throw new InvalidMongoUri(`MONGODB_URI: ${error.message}`);
      if (error instanceof MongoUnavailable) throw new ReadModelsUnavailable('io', error.message, { cause: error });
      throw error;
    }
  };
  return onServer('MONGODB_URI', open, (error) => error instanceof ReadModelsUnavailable, waiting);
};

/** What a server keeps. With `waiting`, it is asked until it answers. */
const onServer = async <Store>(
  variable: string,
  open: () => Promise<Store>,
  isAway: (error: unknown) => boolean,
  waiting: Pick<Log, 'warn'> | undefined,
): Promise<Store> => {
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!waiting || !isAway(error)) throw error;
      waiting.warn({ reason: (error as Error).message }, `The service waits for the server of ${variable}`);
      await delay(serverRetryMs);
    }
  }
};

const openSqliteViews = (directory: string): Promise<ReadModels> =>
  openSqliteReadModels({ file: join(directory, dataFiles.views) });

const openMongoViews = async (mongo: Mongo): Promise<ReadModels> => {
  const { openMongoReadModels } = await import('#lib/read-models/mongo');
  return openMongoReadModels(mongo);
};
