import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '#config';
import { backupProgram } from '../../src/operations/backup/backup-program.js';
import { newAgeKey } from '../support/age-keys.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { newInstallation } from './support/installation.js';

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let data: string;
let place: string;

beforeEach(async () => {
  temporary = await temporaryDirectory();
  [data, place] = [join(temporary.path, 'data'), join(temporary.path, 'place')];
  await newInstallation(data);
  await mkdir(place);
});
afterEach(() => temporary.remove());

const backUp = async (): Promise<void> => {
  const { recipient } = await newAgeKey(temporary.path);
  const config = readConfig({
    WAYBILL_DATA_DIR: data,
    WAYBILL_BACKUP_TO: place,
    WAYBILL_BACKUP_RECIPIENT: recipient,
  });
  await backupProgram(
    config,
    [],
    async () => [],
    () => undefined,
  );
};

describe('an encrypted backup', () => {
  it('is made of stores that are whole', async () => {
    await backUp();
    expect(await readdir(place)).toHaveLength(2);
  });

  it.each([
    ['secrets.db', 'secrets', 'vault'],
    ['credentials.db', 'credentials', 'credentials'],
  ])('is not made where %s is empty and the log is not', async (file, table, what) => {
    const db = new Database(join(data, file));
    db.exec(`DELETE FROM ${table}`);
    db.close();
    await expect(backUp()).rejects.toThrow(`The log has events, but the configuration leads to no ${what}:`);
    expect(await readdir(place)).toEqual([]);
  });

  it('is not made where stores were moved to a database that is not named', async () => {
    await rename(join(data, 'secrets.db'), join(data, 'secrets.db.moved'));
    await expect(backUp()).rejects.toThrow(/was moved to a database: set MONGODB_URI/);
    expect(await readdir(place)).toEqual([]);
  });
});
