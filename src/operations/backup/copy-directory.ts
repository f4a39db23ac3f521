import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { newId } from '#lib/ids';
import { copyDatabaseFile } from '#lib/sqlite';
import { dataFiles, mediaDirectory } from '../../platform/data-files.js';
import { exists } from '../../platform/where-stores-are.js';
import { copyMedia } from './media-copy.js';
import { copyRequestCounts } from './request-counts.js';
import { BackupRefused, filesWith, writeManifest, type StorePlaces } from './backup-format.js';

/**
 * Copies the embedded stores of a data directory, and the users' files, to a directory that does not exist yet, also while a service uses them. It has its name
 * only once it is complete. The master key is not copied, nor what is on a server.
 * @throws {BackupRefused}
 */
export const backUp = async (data: string, target: string, places: StorePlaces): Promise<void> => {
  const files = filesWith(places).filter((file) => file !== dataFiles.requests);
  if (files.length === 0) {
    throw new BackupRefused(
      `All stores are on servers: nothing of them is in ${data}. Back up the database of MONGODB_URI first, and then the server of EVENTSTORE_URL`,
    );
  }
  for (const file of files) {
    if (!(await exists(join(data, file))))
      throw new BackupRefused(`There is no ${file} in ${data}: nothing was copied`);
  }
  if (await exists(target)) throw new BackupRefused(`${target} exists already: name a new directory`);
  const partial = `${target}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await mkdir(partial, { mode: 0o700 });
  try {
    const createdAt = new Date().toISOString();
    for (const file of files) copyDatabaseFile(join(data, file), join(partial, file));
    if (places.others === 'file') await copyRequestCounts(data, undefined, partial);
    const media = await copyMedia(join(data, mediaDirectory), join(partial, mediaDirectory));
    await writeManifest(partial, places, { id: newId(), createdAt, media });
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
};
