import { join } from 'node:path';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import type { Mongo } from '#lib/mongo';
import { openSqliteSagaProgress } from '#lib/saga-progress/sqlite';
import { copyDatabaseFile } from '#lib/sqlite';
import { writeSealedSecrets } from '#lib/vault/sqlite';
import { writeStoredValues } from '#lib/whatsapp/baileys/credentials/sqlite';
import { dataFiles } from '../../platform/data-files.js';
import { openDatabase } from '../../platform/database.js';
import { applyRepairs } from '../../platform/log-repairs.js';
import { openLog, type StoresConfig } from '../../platform/stores.js';
import { assertStoresAreThere } from '../../platform/where-stores-are.js';
import { copyUpToNow } from '../migrate-stores/log-copy.js';
import { loadAll, positionsIn, replaceProgress, type AllProgress } from '../migrate-stores/saga-move.js';
import { copyRequestCounts } from './request-counts.js';

type Positions = ReadonlyMap<number, number>;

/**
 * Copies all stores but the views to a directory, as the files that they would be there, wherever they are, while a service uses them. The
 * order is that of `filesInOrder`. `sagas`: the names of all.
 * @throws {MoveRefused | StoreUnavailable | OperatorError} also where the stores are elsewhere, or are being moved.
 */
export const copyStores = async (config: StoresConfig, target: string, sagas: readonly string[]): Promise<void> => {
  const { WAYBILL_DATA_DIR: data, EVENTSTORE_URL: url } = config;
  const copyFile = (name: string): void => copyDatabaseFile(join(data, name), join(target, name));
  await assertStoresAreThere(config);
  // Beside the service that owns it: nothing of the stores is changed, and they are not moved away meanwhile.
  const database = await openDatabase(config, undefined, { beside: true });
  const mongo = database?.mongo;
  try {
    if (!mongo) copyFile(dataFiles.sagas);
    const progress = mongo || url !== undefined ? await progressOf(mongo, target, sagas) : undefined;
    if (mongo) await copyCredentials(mongo, join(target, dataFiles.credentials));
    else copyFile(dataFiles.credentials);
    const wanted = progress ? positionsIn(progress) : [];
    const positions = url === undefined ? undefined : await copyLogOfServer(config, target, wanted);
    if (url === undefined) copyFile(dataFiles.events);
    if (mongo) await copySecrets(mongo, join(target, dataFiles.secrets));
    else copyFile(dataFiles.secrets);
    await copyRequestCounts(data, mongo, target);
    if (!progress) return;
    const same: Positions = new Map(wanted.map((position) => [position, position]));
    await replaceProgress(join(target, dataFiles.sagas), progress, { positions: positions ?? same, place: 'file' });
  } finally {
    await database?.close();
  }
};

const progressOf = async (mongo: Mongo | undefined, target: string, sagas: readonly string[]): Promise<AllProgress> => {
  const progress = mongo
    ? await (await import('#lib/saga-progress/mongo')).openMongoSagaProgress(mongo, { readOnly: true })
    : await openSqliteSagaProgress({ file: join(target, dataFiles.sagas) });
  try {
    return await loadAll(progress, sagas);
  } finally {
    await progress.close();
  }
};

const copyCredentials = async (mongo: Mongo, file: string): Promise<void> => {
  const { readStoredValues } = await import('#lib/whatsapp/baileys/credentials/mongo');
  await writeStoredValues(file, readStoredValues(mongo));
};

const copySecrets = async (mongo: Mongo, file: string): Promise<void> => {
  const { readSealedSecrets } = await import('#lib/vault/mongo');
  await writeSealedSecrets(file, readSealedSecrets(mongo));
};

/** Answers where in the copy the wanted positions are. */
const copyLogOfServer = async (config: StoresConfig, target: string, wanted: readonly number[]): Promise<Positions> => {
  const source = await openLog(config, undefined);
  try {
    await applyRepairs(source);
    const copy = await openSqliteEventStore({ file: join(target, dataFiles.events) });
    try {
      return await copyUpToNow(source, copy, wanted);
    } finally {
      await copy.close();
    }
  } finally {
    await source.close();
  }
};
