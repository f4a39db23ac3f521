import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Verification } from '#lib/event-store';
import type { Log } from '#lib/subscriptions';
import { nameOf, openCredentials, openSealedCredentials } from '#lib/whatsapp/baileys/credentials';
import { credentialsPlace } from '../platform/credentials-place.js';
import { dataFiles, mediaDirectory } from '../platform/data-files.js';
import { closeStores, openStores, type StoresConfig } from '../platform/stores.js';
import { openVault } from '../platform/vault.js';
import { copyMedia } from './media-copy.js';
import { BackupRefused, filesWith, readManifest } from './backup-format.js';

export type Restored = Verification & { readonly createdAt: string };

export type RestoreOptions = {
  /** The data directory must hold no stores yet; a log that is on a server must be there already. */
  readonly config: StoresConfig;
  /** By default that of the file in the data directory. */
  readonly masterKey: string | undefined;
  readonly log: Log;
};

/**
 * Puts a backup into a data directory, opens every store with the master key, and checks each event. Where a store does not open, nothing
 * is left behind.
 * @throws {BackupRefused | VaultError}
 */
export const restore = async (backup: string, options: RestoreOptions): Promise<Restored> => {
  const { WAYBILL_DATA_DIR: data, EVENTSTORE_URL: server, MONGODB_URI: database } = options.config;
  const { createdAt, places } = await readManifest(backup);
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
  await mkdir(data, { recursive: true, mode: 0o700 });
  const inTheWay = (await readdir(data)).find((name) => Object.values<string>(dataFiles).includes(name));
  if (inTheWay !== undefined) {
    throw new BackupRefused(`${join(data, inTheWay)} is in the way: move the old stores (*.db*) out of ${data} first`);
  }
  try {
    for (const file of filesWith(places)) {
      await copyFile(join(backup, file), join(data, file), constants.COPYFILE_EXCL);
      await chmod(join(data, file), 0o600);
    }
    const checked = await check(options);
    if (places.log === 'server' && checked.events === 0)
      throw new BackupRefused(`The server of EVENTSTORE_URL has no events: put the log of ${backup} back there first`);
    await copyMedia(join(backup, mediaDirectory), join(data, mediaDirectory)); // what is there already is the same
    return { createdAt, ...checked };
  } catch (error) {
    await removeStores(data);
    throw error;
  }
};

const check = async ({ config, masterKey, log }: RestoreOptions): Promise<Verification> => {
  const { WAYBILL_DATA_DIR: data } = config;
  const stores = await openStores(config);
  try {
    const { key, secrets } = await openVault({
      directory: data,
      masterKey,
      mongo: stores.database?.mongo,
      events: stores.events,
      log,
    });
    await secrets.close();
    const place = credentialsPlace(config);
    const credentials = await openCredentials(place);
    try {
      await openSealedCredentials(credentials, { store: nameOf(place), key, mayBeNew: false });
    } finally {
      await credentials.close();
    }
    return await stores.events.verify();
  } finally {
    await closeStores(stores);
  }
};

const removeStores = async (data: string): Promise<void> => {
  const stores = Object.values<string>(dataFiles);
  for (const name of await readdir(data)) {
    if (stores.some((store) => name.startsWith(store))) await rm(join(data, name), { force: true });
  }
};
