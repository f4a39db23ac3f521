import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventStore, Verification } from '#lib/event-store';
import { nameOf, openCredentials, openSealedCredentials } from '#lib/whatsapp/baileys/credentials';
import { credentialsPlace } from '../../platform/credentials-place.js';
import { mediaDirectory } from '../../platform/data-files.js';
import { closeStores, openStores, type StoresConfig } from '../../platform/stores.js';
import { openVault } from '../../platform/vault.js';
import { alone } from './alone.js';
import { BackupRefused, readManifest, type StorePlaces } from './backup-format.js';
import { lastBeforeRestore } from './intact-events.js';
import type { Description } from './description.contract.js';
import { markCopy } from './mark-copy.js';
import { copyMedia } from './media-copy.js';
import { assertNoStores, RestoreMark } from './restore-mark.js';

export type Restored = Verification & { readonly createdAt: string };

export type RestoreOptions = {
  /** The data directory must hold no stores yet; a log that is on a server must be there already. */
  readonly config: StoresConfig;
  /** By default that of the file in the data directory. */
  readonly masterKey: string | undefined;
  /** The backup as it is described where it comes from. */
  readonly described?: Description | undefined;
};

/**
 * Puts a backup into a data directory, opens every store with the master key, checks each event, and records in the log that it is a copy:
 * it neither connects nor sends until an admin says so. Where a store does not open, nothing is left behind. Ended in the middle, it begins
 * again when it is called again; no service starts on what is there until then.
 * @throws {BackupRefused | VaultError}
 */
export const restore = (backup: string, options: RestoreOptions): Promise<Restored> =>
  restoring(options.config.WAYBILL_DATA_DIR, (mark) => putBack(backup, mark, options));

/**
 * Does what puts stores into a directory, which is made where there is none; no service starts on it meanwhile. Where it fails, no store that it made
 * is left there. Ended in the middle, it begins again when it is called again. @throws {BackupRefused} the directory has stores, or is in use.
 */
export const restoring = async <Result>(
  data: string,
  work: (mark: RestoreMark) => Promise<Result>,
): Promise<Result> => {
  return alone(data, 'waybill', inUse(data), async () => {
    const mark = new RestoreMark(data);
    await mark.assertNoOthers();
    await mark.removeStores(); // of one that was ended in the middle
    await assertNoStores(data);
    await mark.put();
    try {
      const result = await work(mark);
      await mark.remove();
      return result;
    } catch (error) {
      await mark.removeStores();
      await mark.remove();
      throw error;
    }
  });
};

const inUse = (data: string): string =>
  `${data} is in use by another process: a restore that goes on in it, or a service whose stores are on servers`;

/** Within {@link restoring}. @throws {BackupRefused | VaultError} */
export const putBack = async (backup: string, mark: RestoreMark, options: RestoreOptions): Promise<Restored> => {
  const { config } = options;
  const { WAYBILL_DATA_DIR: data } = config;
  const { id, createdAt, places, stores } = await readManifest(backup);
  assertFits(backup, places, config);
  await assertNoStores(data); // fetching the backup may have taken hours
  for (const file of stores)
    await mark.add(file, async (target) => {
      await copyFile(join(backup, file), target);
      await chmod(target, 0o600);
    });
  const checked = await check(options, async (events) => {
    const verified = await events.verify();
    if (verified.events === 0) throw new BackupRefused(emptyLog(backup, places));
    const { position } = (await lastBeforeRestore(events)) ?? { position: verified.lastPosition };
    const restoredAt = new Date().toISOString();
    await markCopy(events, { backupId: id, takenAt: createdAt, position, restoredAt }, options.described);
    return verified;
  });
  await copyMedia(join(backup, mediaDirectory), join(data, mediaDirectory)); // what is there already is the same
  return { createdAt, ...checked };
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
    const last = await lastBeforeRestore(events);
    if (last === undefined) throw new BackupRefused('The log has no events: put it back on its server first');
    const { recordedAt: createdAt, position } = last;
    const restoredAt = new Date().toISOString();
    await markCopy(events, { backupId: 'servers', takenAt: createdAt, position, restoredAt }, undefined);
    return { createdAt, ...verified };
  });
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
