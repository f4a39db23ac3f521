import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '#config';
import { backupProgram } from '../../src/operations/backup/backup-program.js';
import { restoreProgram } from '../../src/operations/backup/restore-program.js';
import { closeStores, openStores } from '../../src/platform/stores.js';
import { assertRestored } from '../../src/platform/where-stores-are.js';
import { newAgeKey } from '../support/age-keys.js';
import { operator } from '../support/operator.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { newInstallation } from './support/installation.js';

const content = 'a file of a user';
const sha256 = createHash('sha256').update(content).digest('hex');
const media = join('media', '019ace1c-0000-7000-8000-000000000000', sha256.slice(0, 2));
const print = (): void => undefined;

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let original: string;
let place: string;
let identity: string;

beforeAll(async () => {
  temporary = await temporaryDirectory();
  [original, place] = [join(temporary.path, 'original'), join(temporary.path, 'place')];
  await newInstallation(original);
  await mkdir(join(original, media), { recursive: true });
  await writeFile(join(original, media, sha256), content);
  await mkdir(place);
  const key = await newAgeKey(temporary.path);
  identity = key.file;
  const config = readConfig({
    WAYBILL_DATA_DIR: original,
    WAYBILL_BACKUP_TO: place,
    WAYBILL_BACKUP_RECIPIENT: key.recipient,
    WAYBILL_BACKUP_MEDIA: 'true',
  });
  await backupProgram(config, [], async () => [], print);
});
afterAll(() => temporary.remove());

const emptyDirectory = async (name: string): Promise<string> => {
  const data = join(temporary.path, name);
  await mkdir(data);
  await cp(join(original, 'master.key'), join(data, 'master.key'));
  return data;
};

/** The types of all events that are in a log but not in that of the original. */
const addedIn = async (data: string): Promise<readonly string[]> => {
  const stores = await openStores({ WAYBILL_DATA_DIR: data });
  try {
    const types: string[] = [];
    for await (const { type } of stores.events.readAll()) types.push(type);
    return types.slice(5);
  } finally {
    await closeStores(stores);
  }
};

describe('a restore that is killed', () => {
  it.each([
    ['before it has fetched anything', 'mkdir restoring 1'],
    ['before a store is listed', 'chmod events.db.restoring 1'],
    ['before a store has its name', 'rename events.db.restoring 1'],
    ['while the stores are checked', 'open master.key 1'],
    ['when the log says that it is a copy, and files of users are missing', 'copyFile restoring/media/* 1'],
    ['when only what was fetched is left to be removed', 'rm /restoring 2'],
    ['when only its mark is left to be removed', 'rm restore.unfinished 1'],
  ])('%s leaves nothing that a service starts on, and is whole when it is run again', async (_when, call) => {
    const data = await emptyDirectory(call.replaceAll(/\W/g, '-'));
    const words = ['--from', place, '--identity', identity];
    const killed = operator(
      {
        WAYBILL_DATA_DIR: data,
        WAYBILL_TEST_KILL_BEFORE: call.replace('media/*', join(media, sha256)),
        NODE_OPTIONS: '--import ./test/support/killed-at-call.mjs',
      },
      'restore',
      ...words,
    );
    await expect(killed).rejects.toMatchObject({ signal: 'SIGKILL' });
    await expect(openStores({ WAYBILL_DATA_DIR: data })).rejects.toThrow(/run npm run restore again/);

    expect(await restoreProgram(words, { config: readConfig({ WAYBILL_DATA_DIR: data }), print })).toBe(0);
    await assertRestored(data);
    expect(await addedIn(data)).toEqual(['ServiceRestored']);
    expect(await readFile(join(data, media, sha256), 'utf8')).toBe(content);
    expect((await readdir(data)).filter((name) => name.includes('restor'))).toEqual([]);
  });
});
