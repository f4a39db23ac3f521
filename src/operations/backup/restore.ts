import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventStore, Verification } from '#lib/event-store';
import { nameOf, openCredentials, openSealedCredentials } from '#lib/whatsapp/baileys/credentials';
import { credentialsPlace } from '../../platform/credentials-place.js';
import { dataFiles, mediaDirectory } from '../../platform/data-files.js';
import { markRestored } from '../../platform/restoration/mark-restored.js';
import { closeStores, openStores, type StoresConfig } from '../../platform/stores.js';
import { openVault } from '../../platform/vault.js';
import { exists, unfinishedRestore } from '../../platform/where-stores-are.js';
import { removeDatabase } from '../migrate-stores/saga-move.js';
import { BackupRefused, readManifest, type StorePlaces } from './backup-format.js';
import { copyMedia } from './media-copy.js';

export type Restored = Verification & { readonly createdAt: string };

export type RestoreOptions = {
  /** The data directory must hold no stores yet; a log that is on a server must be there already. */
  readonly config: StoresConfig;
  /** By default that of the file in the data directory. */
  readonly masterKey: string | undefined;
};

/**
 * Puts a backup into a data directory, opens every store with the master key, checks each event, and records in the log that it is a copy:
 * it neither connects nor sends until an admin says so. Where a store does not open, nothing is left behind. Ended in the middle, it begins
 * again when it is called again; no service starts on what is there until then.
 * @throws {BackupRefused | VaultError}
 */
export const restore = (backup: string, options: RestoreOptions): Promise<Restored> =>
  restoring(options.config.WAYBILL_DATA_DIR, () => putBack(backup, options));

/**
 * Does what puts stores into a directory, which is made where there is none; no service starts on it meanwhile. Where it fails, no store is left
 * there. Ended in the middle, it begins again when it is called again. @throws {BackupRefused} the directory has stores.
 */
export const restoring = async <Result>(data: string, work: () => Promise<Result>): Promise<Result> => {
  await assertNothingInTheWay(data);
  const unfinished = join(data, unfinishedRestore);
  await writeFile(unfinished, '', { mode: 0o600 });
  try {
    const result = await work();
    await rm(unfinished);
    return result;
  } catch (error) {
    await removeStores(data);
    await rm(unfinished, { force: true });
    throw error;
  }
};

/** Within {@link restoring}. @throws {BackupRefused | VaultError} */
export const putBack = async (backup: string, options: RestoreOptions): Promise<Restored> => {
  const { config } = options;
  const { WAYBILL_DATA_DIR: data } = config;
  const { id, createdAt, places, stores } = await readManifest(backup);
  assertFits(backup, places, config);
  for (const file of stores) {
    await copyFile(join(backup, file), join(data, file), constants.COPYFILE_EXCL);
    await chmod(join(data, file), 0o600);
  }
  const checked = await check(options, async (events) => {
    const verified = await events.verify();
    if (verified.events === 0) throw new BackupRefused(emptyLog(backup, places));
    const restoredAt = new Date().toISOString();
    await markRestored(events, { backupId: id, takenAt: createdAt, position: verified.lastPosition, restoredAt });
    return verified;
  });
  await copyMedia(join(backup, mediaDirectory), join(data, mediaDirectory)); // what is there already is the same
  return { createdAt, ...checked };
};

/** Makes the directory; what a restore left there that was ended in the middle is removed. @throws {BackupRefused} it has stores. */
const assertNothingInTheWay = async (data: string): Promise<void> => {
  await mkdir(data, { recursive: true, mode: 0o700 });
  if (await exists(join(data, unfinishedRestore))) await removeStores(data);
  const inTheWay = (await readdir(data)).find((name) => Object.values<string>(dataFiles).includes(name));
  if (inTheWay === undefined) return;
  throw new BackupRefused(`${join(data, inTheWay)} is in the way: move the old stores (*.db*) out of ${data} first`);
};

/**
 * Checks stores that were put back on their servers, by the servers' own tools, and records in the log that they are a copy.
 * @throws {BackupRefused | VaultError}
 */
export const markServers = async (options: RestoreOptions): Promise<Restored> => {
  const { EVENTSTORE_URL: server, MONGODB_URI: database } = options.config;
  if (server === undefined && database === undefined)
    throw new BackupRefused('Neither EVENTSTORE_URL nor MONGODB_URI is set: name the backup to restore');
  return check(options, async (events) => {
    const verified = await events.verify();
    const createdAt = await lastTime(events);
    if (createdAt === undefined) throw new BackupRefused('The log has no events: put it back on its server first');
    const restoredAt = new Date().toISOString();
    const { lastPosition: position } = verified;
    await markRestored(events, { backupId: 'servers', takenAt: createdAt, position, restoredAt });
    return { createdAt, ...verified };
  });
};

const lastTime = async (events: EventStore): Promise<string | undefined> => {
  for await (const { recordedAt } of events.readAll({ direction: 'backwards', limit: 1 })) return recordedAt;
  return undefined;
};

const emptyLog = (backup: string, { log }: StorePlaces): string =>
  log === 'server'
    ? `The server of EVENTSTORE_URL has no events: put the log of ${backup} back there first`
    : `The log of ${backup} has no events: there is nothing to restore`;

/** @throws {BackupRefused} */
const assertFits = (backup: string, places: StorePlaces, config: StoresConfig): void => {
  const { EVENTSTORE_URL: server, MONGODB_URI: database } = config;
  if (places.log === 'server' && server === undefined)
    throw new BackupRefused(`The log of ${backup} is on a server: put it back there first, and set EVENTSTORE_URL`);
  if (places.log === 'file' && server !== undefined)
    throw new BackupRefused(`The log is in ${backup}, not on a server: unset EVENTSTORE_URL`);
  if (places.others === 'server' && database === undefined)
    throw new BackupRefused(
      `${backup} is the log of stores in a database: put them back there first, and set MONGODB_URI`,
    );
  if (places.others === 'file' && database !== undefined)
    throw new BackupRefused(`${backup} has stores that a database would keep: unset MONGODB_URI`);
};

/** Opens every store with the master key, and then looks at the log. */
const check = async <Result>(
  { config, masterKey }: RestoreOptions,
  look: (events: EventStore) => Promise<Result>,
): Promise<Result> => {
  const { WAYBILL_DATA_DIR: data } = config;
  const stores = await openStores(config, undefined, { isRestoring: true });
  try {
    const { key, secrets } = await openVault({
      directory: data,
      masterKey,
      mongo: stores.database?.mongo,
      events: stores.events,
    });
    await secrets.close();
    const place = credentialsPlace(config);
    const credentials = await openCredentials(place);
    try {
      await openSealedCredentials(credentials, { store: nameOf(place), key, mayBeNew: false });
    } finally {
      await credentials.close();
    }
    return await look(stores.events);
  } finally {
    await closeStores(stores);
  }
};

const removeStores = async (data: string): Promise<void> => {
  for (const name of Object.values(dataFiles)) await removeDatabase(join(data, name));
};
