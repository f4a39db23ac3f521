import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readConfig } from '#config';
import { backUp } from '../../src/operations/backup/copy-directory.js';
import { restore } from '../../src/operations/backup/restore.js';
import { RestoreMark } from '../../src/operations/backup/restore-mark.js';
import { restoreProgram } from '../../src/operations/backup/restore-program.js';
import { closeStores, openStores } from '../../src/platform/stores.js';
import { assertRestored } from '../../src/platform/where-stores-are.js';
import { newAgeKey } from '../support/age-keys.js';
import { EventStoreDbServer } from '../support/eventstoredb-server/index.js';
import { collect } from '../support/event-store/events.js';
import { eventually } from '../support/eventually.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { newInstallation } from './support/installation.js';

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let backup: string;
let data: string;
let masterKey: string;

beforeEach(async () => {
  temporary = await temporaryDirectory();
  const original = join(temporary.path, 'original');
  await newInstallation(original);
  masterKey = (await readFile(join(original, 'master.key'), 'utf8')).trim();
  backup = join(temporary.path, 'backup');
  await backUp(original, backup, { log: 'file', others: 'file' });
  data = join(temporary.path, 'data');
  await mkdir(data);
});
afterEach(() => temporary.remove());

/** What is there, but for the file that is locked while somebody uses the directory. */
const listed = async () => (await readdir(data)).filter((name) => name !== 'waybill.lock');

const restored = (key = masterKey) => restore(backup, { config: { WAYBILL_DATA_DIR: data }, masterKey: key });

describe('a restore that fails', () => {
  it('removes what it put there, and nothing of the operator’s', async () => {
    const own = ['events.db.moved', 'events.db.old', 'sagas.db.moved', 'secrets.db-before'];
    for (const name of own) await writeFile(join(data, name), name);
    const otherKey = randomBytes(32).toString('base64');
    await expect(restored(otherKey)).rejects.toThrow(/master key/);
    expect((await listed()).sort()).toEqual(own);
  });
});

describe('a restore that was ended in the middle', () => {
  const half = (file: string): Promise<void> => writeFile(file, 'half');

  it('begins again in the place of what it made', async () => {
    const mark = new RestoreMark(data);
    await mark.put();
    await mark.add('events.db', half);
    await half(join(data, 'sagas.db.restoring'));
    expect((await restored()).events).toBe(5);
    await assertRestored(data);
    expect((await listed()).filter((name) => name.includes('restor'))).toEqual([]);
  });

  it.each([
    ['while it fetched the backup', []],
    ['when some stores were there', ['events.db', 'sagas.db']],
  ])('%s removes no stores that were put back since', async (_when, made) => {
    const mark = new RestoreMark(data);
    await mark.put();
    for (const name of made) await mark.add(name, half);
    await writeFile(join(temporary.path, 'old'), 'old');
    await rename(join(temporary.path, 'old'), join(data, 'events.db'));
    await expect(restored()).rejects.toThrow(/events\.db was not made by the restore/);
    expect(await readFile(join(data, 'events.db'), 'utf8')).toBe('old');
    await expect(assertRestored(data)).rejects.toThrow(/remove .*restore\.unfinished/);
  });
});

describe('a restore of a log whose last event is damaged', () => {
  it('says which one it is, and restores the others', async () => {
    const damaged = join(temporary.path, 'damaged');
    await newInstallation(damaged);
    const db = new Database(join(damaged, 'events.db'));
    db.exec(`UPDATE events SET data = '{"lost":true}' WHERE position = 5`);
    db.close();
    backup = join(temporary.path, 'backup-of-damaged');
    await backUp(damaged, backup, { log: 'file', others: 'file' });
    const key = (await readFile(join(damaged, 'master.key'), 'utf8')).trim();
    expect((await restored(key)).corrupt).toMatchObject([{ position: 5 }]);
  });
});

describe('a restore beside a log that is on a server', () => {
  it('marks the copy once when it is run again after it could not copy the files of users', async () => {
    const server = await EventStoreDbServer.start();
    const original = join(temporary.path, 'on-server');
    await newInstallation(original, server.url);
    const files = join(original, 'media', '019ace1c-0000-7000-8000-000000000000');
    const sha256 = createHash('sha256').update('a file').digest('hex');
    await mkdir(join(files, sha256.slice(0, 2)), { recursive: true });
    await writeFile(join(files, sha256.slice(0, 2), sha256), 'a file');
    backup = join(temporary.path, 'backup-beside-server');
    await backUp(original, backup, { log: 'server', others: 'file' });
    const config = { WAYBILL_DATA_DIR: data, EVENTSTORE_URL: server.url };
    const key = (await readFile(join(original, 'master.key'), 'utf8')).trim();
    try {
      await writeFile(join(data, 'media'), 'in the way');
      await expect(restore(backup, { config, masterKey: key })).rejects.toThrow(/media/);
      await rm(join(data, 'media'));
      expect((await restore(backup, { config, masterKey: key })).events).toBe(6); // the first run has marked it
      const stores = await openStores(config);
      const events = await collect(stores.events.readAll());
      await closeStores(stores);
      const marks = events.filter(({ type }) => type === 'ServiceRestored');
      expect(marks.map((mark) => mark.data)).toEqual([expect.objectContaining({ position: events[4]!.position })]);
    } finally {
      await server.stop();
    }
  });
});

describe('a restore of an encrypted backup', () => {
  let archive: string;
  const outcomeOf = async (): Promise<unknown> => {
    const { file } = await newAgeKey(temporary.path);
    const config = readConfig({ WAYBILL_DATA_DIR: data });
    const context = { config, print: (): void => undefined };
    return restoreProgram(['--from', archive, '--identity', file], context).catch((error: unknown) => error);
  };

  beforeEach(async () => {
    archive = join(temporary.path, 'slow.age');
    await promisify(execFile)('mkfifo', [archive]);
  });

  it('leaves another one alone that goes on in the same directory', async () => {
    const first = outcomeOf();
    await eventually(() => expect(assertRestored(data)).rejects.toThrow(/run npm run restore again/));
    await eventually(() => writeFile(join(data, 'restoring', 'fetched'), ''));
    await expect(restored()).rejects.toThrow(/in use by another process/);
    expect(await outcomeOf()).toMatchObject({ message: expect.stringMatching(/in use by another process/) });
    await expect(assertRestored(data)).rejects.toThrow(/run npm run restore again/);
    expect(await readdir(join(data, 'restoring'))).toEqual(['fetched']);
    await writeFile(archive, 'This is no archive');
    expect(await first).toMatchObject({ message: expect.stringMatching(/cannot be opened/) });
    expect((await restored()).events).toBe(5);
  });

  it('keeps services from starting while it is fetched, and no longer', async () => {
    const outcome = outcomeOf();
    await eventually(() => expect(assertRestored(data)).rejects.toThrow(/run npm run restore again/));
    await writeFile(archive, 'This is no archive');
    expect(await outcome).toMatchObject({ message: expect.stringMatching(/cannot be opened/) });
    await assertRestored(data);
    expect(await listed()).toEqual([]);
  });
});
