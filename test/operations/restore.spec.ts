import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backUp } from '../../src/operations/backup/copy-directory.js';
import { restore } from '../../src/operations/backup/restore.js';
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

const restored = (key = masterKey) => restore(backup, { config: { WAYBILL_DATA_DIR: data }, masterKey: key });

describe('a restore that fails', () => {
  it('removes what it put there, and nothing of the operator’s', async () => {
    const own = ['events.db.moved', 'events.db.old', 'sagas.db.moved', 'secrets.db-before'];
    for (const name of own) await writeFile(join(data, name), name);
    const otherKey = randomBytes(32).toString('base64');
    await expect(restored(otherKey)).rejects.toThrow(/master key/);
    expect((await readdir(data)).sort()).toEqual(own);
  });
});
