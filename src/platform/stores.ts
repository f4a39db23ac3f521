import { join } from 'node:path';
import type { Config } from '#config';
import { StoreUnavailable, type EventStore } from '#lib/event-store';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import type { Mongo } from '#lib/mongo';
import type { ReadModels } from '#lib/read-models';
import { openSqliteReadModels } from '#lib/read-models/sqlite';
import type { SagaProgress } from '#lib/saga-progress';
import { openSqliteSagaProgress } from '#lib/saga-progress/sqlite';
import type { Log } from '#lib/subscriptions';
import { AlreadyOwned, own, sqliteVersion } from '#lib/sqlite';
import { dataFiles } from './data-files.js';
import { openDatabase, type Database } from './database.js';
import { applyRepairs } from './log-repairs.js';
import { onServer, patiently } from './on-server.js';
import { hasSessions } from './roles.js';
import { assertSameDatabase } from './same-log.js';
import { streamStates } from './streams/state-snapshots.js';
import { assertRestored, assertStoresAreThere } from './where-stores-are.js';

/** The log, the views that are built from it, and how far each saga has come in it. */
export type Stores = {
  readonly events: EventStore;
  readonly models: ReadModels;
  readonly sagaProgress: SagaProgress;
  /** The database of MongoDB, if one is configured. `noteLog`: see `assertSameDatabase`. */
  readonly database?: Database & { noteLog(): Promise<void> };
  /** The views are another process's: this one reads them, and writes only the states of streams. */
  readonly viewsAreReadOnly?: true;
};

/** Where the stores are. */
export type StoresConfig = Pick<Config, 'WAYBILL_DATA_DIR'> &
  Partial<Pick<Config, 'EVENTSTORE_URL' | 'EVENTSTORE_NAMESPACE' | 'MONGODB_URI' | 'WAYBILL_ROLES'>>;

/**
 * Opens the stores: in a directory that exists, creating those that do not, and on their servers where some are configured. With `waiting`,
 * a server that does not answer is waited for, and that is logged. `isRestoring`: by whoever is putting them back.
 * @throws {StoreUnavailable | ReadModelsUnavailable | SagaProgressUnavailable | OperatorError} with a message for the operator.
 */
export const openStores = async (
  config: StoresConfig,
  waiting?: Pick<Log, 'warn'>,
  { isRestoring = false }: { readonly isRestoring?: boolean } = {},
): Promise<Stores> => {
  const { WAYBILL_DATA_DIR: directory } = config;
  const opened: { close(): Promise<void> }[] = [];
  const keep = <Store extends { close(): Promise<void> }>(store: Store): Store => {
    opened.unshift(store);
    return store;
  };
  try {
    if (!isRestoring) await assertRestored(directory);
    await assertStoresAreThere(config);
    const beside = !hasSessions(config);
    const directoryLock = keep(beside ? unlocked : lockDirectory(config));
    const events = keep(await openLog(config, waiting));
    await patiently(() => applyRepairs(events), config, waiting);
    const opening = await openDatabase(config, waiting, { beside, alone: isRestoring });
    const database = opening && keep(opening);
    const mongo = database?.mongo;
    const noteLog = async (): Promise<void> => mongo && assertSameDatabase(mongo, events, placeOfLog(config));
    await patiently(noteLog, config, waiting);
    const openViews = () => (mongo ? openMongoViews(mongo, beside) : openSqliteViews(directory));
    const models = keep(await patiently(openViews, config, waiting));
    const openProgress = () => (mongo ? openMongoProgress(mongo) : openSqliteProgress(directory));
    const sagaProgress = keep(await patiently(openProgress, config, waiting));
    const close = async (): Promise<void> => {
      await database?.close();
      await directoryLock.close();
    };
    return {
      events,
      models,
      sagaProgress,
      ...(database && { database: { ...database, noteLog, close } }),
      ...(beside && { viewsAreReadOnly: true as const }),
    };
  } catch (error) {
    for (const store of opened) await store.close();
    throw error;
  }
};

/** What keeps a store, and its version where that is known. */
export type Engine = { readonly name: string; readonly version: string | null };

export const enginesOf = ({ events, database }: Stores): { readonly log: Engine; readonly others: Engine } => {
  const sqlite = { name: 'SQLite', version: sqliteVersion() };
  return {
    log: events.capabilities.gapless ? sqlite : { name: 'EventStoreDB', version: null },
    others: database ? { name: 'MongoDB', version: database.mongo.version } : sqlite,
  };
};

/** Closes the log last: the others are written for what it says. */
export const closeStores = async ({ events, models, sagaProgress, database }: Stores): Promise<void> => {
  await sagaProgress.close();
  await models.close();
  await database?.close();
  await events.close();
};

const unlocked = { close: async () => {} };

/** Where no file is in use that would be locked, the directory is: its key and its socket belong to one process. */
const lockDirectory = ({
  WAYBILL_DATA_DIR: directory,
  EVENTSTORE_URL: url,
  MONGODB_URI: uri,
}: StoresConfig): { close(): Promise<void> } => {
  if (url === undefined || uri === undefined) return unlocked;
  try {
    const release = own(join(directory, 'waybill'));
    return { close: async () => release() };
  } catch (error) {
    if (error instanceof AlreadyOwned) throw new StoreUnavailable('owned', error.message, { cause: error });
    throw error;
  }
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

const openSqliteViews = (directory: string): Promise<ReadModels> =>
  openSqliteReadModels({ file: join(directory, dataFiles.views) });

const openMongoViews = async (mongo: Mongo, readOnly: boolean): Promise<ReadModels> => {
  const { openMongoReadModels } = await import('#lib/read-models/mongo');
  return openMongoReadModels(mongo, { readOnly, shared: [streamStates] });
};

const openSqliteProgress = (directory: string): Promise<SagaProgress> =>
  openSqliteSagaProgress({ file: join(directory, dataFiles.sagas) });

const openMongoProgress = async (mongo: Mongo): Promise<SagaProgress> => {
  const { openMongoSagaProgress } = await import('#lib/saga-progress/mongo');
  return openMongoSagaProgress(mongo);
};
