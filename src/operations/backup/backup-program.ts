import { resolve } from 'node:path';
import type { Config } from '#config';
import { newId } from '#lib/ids';
import { assertStoresAreThere } from '../../platform/where-stores-are.js';
import { backUp } from './copy-directory.js';
import { makeBackup } from './make-backup.js';
import { openPlace } from './open-place.js';
import { prune } from './prune.js';
import { backupSettingsOf } from './settings.js';

type Print = (line: string) => void;

/** `npm run backup`: to the directory that is named, or else encrypted to where backups go. `sagas`: the names of all. */
export const backupProgram = async (
  config: Config,
  [given]: readonly string[],
  sagas: () => Promise<readonly string[]>,
  print: Print,
): Promise<void> => {
  const settings = given === undefined ? backupSettingsOf(config) : undefined;
  if (!settings) return toDirectory(config, resolve(given ?? newBackup()), print);
  const { WAYBILL_DATA_DIR: data, S3_BUCKET: bucket } = config;
  const place = await openPlace(settings.to, config);
  const made = await makeBackup({ id: newId(), config, settings, place, sagas: await sagas() });
  print(`${data} is backed up in ${place.name}: ${made.archive}, ${made.bytes} bytes, ${made.events} events.`);
  print(made.verified === 'opened' ? 'It was opened and compared.' : 'It was read again and compared.');
  if (made.damaged > 0) print(`The log has ${made.damaged} damaged events.`);
  const { removed } = await prune(place, { keep: settings.keep, log: made.log, now: new Date() });
  for (const { archive } of removed) print(`${archive} is no longer kept.`);
  if (bucket !== undefined) print("The users' files are not in it: copy the bucket of S3_BUCKET now, after this.");
  else if (!settings.media) print("The users' files are not in it: set WAYBILL_BACKUP_MEDIA=true to have them.");
  print(masterKeyIsMissing);
};

const masterKeyIsMissing =
  'The master key is not in it: keep a copy of it in another place. Without it, no backup can be used.';

const placeOf = (server: string | undefined) => (server === undefined ? 'file' : 'server');

const toDirectory = async (config: Config, target: string, print: Print): Promise<void> => {
  const { WAYBILL_DATA_DIR: data, EVENTSTORE_URL: server, MONGODB_URI: database, S3_BUCKET: bucket } = config;
  await assertStoresAreThere(config);
  await backUp(data, target, { log: placeOf(server), others: placeOf(database) });
  print(`${data} is backed up in ${target}`);
  if (database !== undefined)
    print('It is the log alone: the database of MONGODB_URI must have been backed up before this, or nothing fits it.');
  if (server !== undefined) print('The log is not in it: back up the server of EVENTSTORE_URL now, after this.');
  if (bucket !== undefined) print("The users' files are not in it: copy the bucket of S3_BUCKET now, after this.");
  print(masterKeyIsMissing);
};

/** The colons of a time are not allowed in every file system. */
const newBackup = (): string => `backups/${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
