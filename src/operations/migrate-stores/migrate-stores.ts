import { access, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventStore } from '#lib/event-store';
import type { SagaProgress } from '#lib/saga-progress';
import { openSqliteSagaProgress } from '#lib/saga-progress/sqlite';
import type { Log } from '#lib/subscriptions';
import { dataFiles } from '../../platform/data-files.js';
import { placeOf, type LogPlace } from '../../platform/log-place.js';
import { openLog, type StoresConfig } from '../../platform/stores.js';
import { openVault } from '../../platform/vault.js';
import { compareLogs, copyLog, type LogCopy, type Progress } from './log-copy.js';
import { MoveRefused } from './move-refused.js';
import { loadAll, positionsIn, removeDatabase, replaceProgress, type AllProgress } from './saga-move.js';

export type MigrateOptions = {
  /** With the server's URL, whichever the direction. */
  readonly config: StoresConfig;
  readonly to: LogPlace;
  readonly masterKey: string | undefined;
  /** The names of all sagas. */
  readonly sagas: readonly string[];
  readonly progress: Progress;
  readonly log: Log;
};

/** What was moved, or undefined if it was there already. */
export type Migrated = Omit<LogCopy, 'positions'>;

/** How the log of a file is called once a server has it. */
const movedLog = `${dataFiles.events}.moved`;

/**
 * Moves the log of a data directory to the server, or back, while no service runs on it. Ended at any moment, it goes on when it is called
 * again; until the sagas' progress is replaced, the service runs on the old log as before. Secrets and credentials stay in the directory,
 * and the views are made again.
 * @throws {MoveRefused | StoreUnavailable | VaultError}
 */
export const migrateStores = async (options: MigrateOptions): Promise<Migrated | undefined> => {
  const { config, to, sagas } = options;
  const { WAYBILL_DATA_DIR: data, EVENTSTORE_URL: url } = config;
  if (url === undefined)
    throw new MoveRefused('EVENTSTORE_URL is not set: it names the server, whichever the direction');
  if (config.MONGODB_URI !== undefined)
    throw new MoveRefused(
      'MONGODB_URI is set: the log of stores in a database cannot be moved. Unset it where it is not yet used',
    );
  const sagasFile = join(data, dataFiles.sagas);
  await mustExist(sagasFile);
  const progress = await openSqliteSagaProgress({ file: sagasFile }); // refused while a service runs
  let moved: { readonly all: AllProgress; readonly copy: LogCopy } | undefined;
  try {
    moved = (await placeOf(progress, sagas)) === to ? undefined : await moveLog(options, progress);
  } finally {
    await progress.close();
  }
  if (moved) {
    await removeDatabase(join(data, dataFiles.views)); // they count in the old positions
    await replaceProgress(sagasFile, moved.all, { positions: moved.copy.positions, place: to });
  }
  if (to === 'server') await putAside(join(data, dataFiles.events), join(data, movedLog));
  return moved?.copy;
};

/** Copies the log and compares the copy. */
const moveLog = async (options: MigrateOptions, progress: SagaProgress) => {
  const { config, to, masterKey, log, sagas } = options;
  const { EVENTSTORE_URL: _url, ...withoutServer } = config;
  const from: LogPlace = to === 'server' ? 'file' : 'server';
  const open = (place: LogPlace): Promise<EventStore> =>
    openLog(place === 'server' ? config : withoutServer, undefined);
  if (from === 'file') await mustExist(join(config.WAYBILL_DATA_DIR, dataFiles.events));
  const source = await open(from);
  try {
    const { secrets } = await openVault({ directory: config.WAYBILL_DATA_DIR, masterKey, events: source, log });
    await secrets.close(); // they belong to this log
    const target = await open(to);
    try {
      await copyLog(source, target, options.progress);
      const all = await loadAll(progress, sagas);
      return { all, copy: await compareLogs(source, target, positionsIn(all), options.progress) };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
};

const mustExist = (file: string): Promise<void> =>
  access(file).catch(() => {
    throw new MoveRefused(`There is no ${file}: there is nothing to move`);
  });

/** The old log stays, under a name that nothing opens. */
const putAside = async (file: string, name: string): Promise<void> => {
  try {
    await rename(file, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // an earlier try came this far
  }
};
