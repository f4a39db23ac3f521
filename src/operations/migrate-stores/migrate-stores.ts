import { access, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventStore } from '#lib/event-store';
import type { SagaProgress } from '#lib/saga-progress';
import { openSqliteSagaProgress } from '#lib/saga-progress/sqlite';
import { dataFiles } from '../../platform/data-files.js';
import { placeOf, type LogPlace } from '../../platform/log-place.js';
import { applyRepairs } from '../../platform/log-repairs.js';
import { openLog, type StoresConfig } from '../../platform/stores.js';
import { openVault } from '../../platform/vault.js';
import { exists } from '../../platform/where-stores-are.js';
import { compareLogs, copyLog, type LogCopy, type Progress } from './log-copy.js';
import { MoveRefused } from './move-refused.js';
import { moveOthers } from './others-move.js';
import type { SealedCopy } from './sealed-copy.js';
import { loadAll, positionsIn, removeDatabase, replaceProgress, type AllProgress } from './saga-move.js';

export type MigrateOptions = {
  /** With the servers' URLs, whichever the direction. */
  readonly config: StoresConfig;
  readonly to: LogPlace;
  readonly masterKey: string | undefined;
  /** The names of all sagas. */
  readonly sagas: readonly string[];
  readonly progress: Progress;
};

/** What was moved: `there` if it was there already, absent where no server is configured for it. */
export type Migrated = {
  readonly log?: Omit<LogCopy, 'positions'> | 'there';
  readonly others?: SealedCopy | 'there';
};

/** How the log of a file is called once a server has it. */
const movedLog = `${dataFiles.events}.moved`;

/**
 * Moves the stores of a data directory to the servers that are configured, or back, while no service runs on them. Ended at any moment, it
 * goes on when it is called again. The views are made again.
 * @throws {MoveRefused | StoreUnavailable | VaultError}
 */
export const migrateStores = async (options: MigrateOptions): Promise<Migrated> => {
  const { EVENTSTORE_URL: url, MONGODB_URI: uri } = options.config;
  if (url === undefined && uri === undefined)
    throw new MoveRefused(
      'Neither EVENTSTORE_URL nor MONGODB_URI is set: they name the servers, whichever the direction',
    );
  const moveOthersToo = async () => uri !== undefined && { others: (await moveOthers(options)) ?? ('there' as const) };
  const moveLogToo = async () => url !== undefined && { log: (await moveLogOf(options)) ?? ('there' as const) };
  // The progress of sagas is in a file while the log moves, since both must move in one step.
  if (options.to === 'file') return { ...(await moveOthersToo()), ...(await moveLogToo()) };
  return { ...(await moveLogToo()), ...(await moveOthersToo()) };
};

/** Moves the log. Until the sagas' progress is replaced, the service runs on the old one as before. */
const moveLogOf = async (options: MigrateOptions): Promise<LogCopy | undefined> => {
  const { config, to, sagas } = options;
  const { WAYBILL_DATA_DIR: data } = config;
  const sagasFile = join(data, dataFiles.sagas);
  if (to === 'server' && (await isMovedAlready(data))) return undefined;
  if (options.config.MONGODB_URI !== undefined && !(await exists(sagasFile)))
    throw new MoveRefused(
      'The progress of sagas is in the database already: move all back first, with npm run migrate-stores -- file',
    );
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

/** Whether the log is on the server, and the progress of the sagas in a database. */
const isMovedAlready = async (data: string): Promise<boolean> =>
  !(await exists(join(data, dataFiles.events))) && !(await exists(join(data, dataFiles.sagas)));

/** Copies the log and compares the copy. */
const moveLog = async (options: MigrateOptions, progress: SagaProgress) => {
  const { config, to, masterKey, sagas } = options;
  const { EVENTSTORE_URL: _url, ...withoutServer } = config;
  const from: LogPlace = to === 'server' ? 'file' : 'server';
  const open = (place: LogPlace): Promise<EventStore> =>
    openLog(place === 'server' ? config : withoutServer, undefined);
  if (from === 'file') await mustExist(join(config.WAYBILL_DATA_DIR, dataFiles.events));
  const source = await open(from);
  try {
    await applyRepairs(source);
    const { secrets } = await openVault({ directory: config.WAYBILL_DATA_DIR, masterKey, events: source });
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
