import { randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openMongo, type Mongo } from '#lib/mongo';
import { own } from '#lib/sqlite';
import { MasterKey } from '#lib/vault';
import { openMongoSecrets } from '#lib/vault/mongo';
import { openSqliteSecrets } from '#lib/vault/sqlite';
import { openMongoCredentials } from '#lib/whatsapp/baileys/credentials/mongo';
import { copyStores } from '../../src/operations/backup/copy-stores.js';
import { moveOthers } from '../../src/operations/migrate-stores/others-move.js';
import { moveNote } from '../../src/platform/database.js';
import { MongoServer } from '../support/mongodb-server/server.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const key = new MasterKey(randomBytes(32));

describe.each([
  ['MongoDB', {}, (database: string) => `renameCollection ${database}.credentials`],
  ['FerretDB', { ferretdb: true } as const, () => 'insert moved.credentials'],
])('a move of stores from a database of %s to files', (_name, options, puttingAside) => {
  let server: MongoServer;
  let database: string;
  let uri: string;
  let mongo: Mongo;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let file: string;

  beforeAll(async () => {
    server = await MongoServer.start(options);
  });
  beforeEach(async () => {
    database = `move-${randomUUID().slice(0, 13)}`;
    uri = server.uri(database);
    mongo = await openMongo(uri);
    directory = await temporaryDirectory();
    file = join(directory.path, 'secrets.db');
    const secrets = await openMongoSecrets(mongo, { key, mayBeNew: true });
    await secrets.put('a', 'before', Buffer.from('before'));
    await secrets.close();
    const credentials = await openMongoCredentials(mongo);
    await credentials.write('one', [{ type: 'key', id: '1', value: Buffer.from('value') }], 'power_cut');
    await credentials.close();
  });
  afterEach(async () => {
    server.faults.clear();
    await mongo.close();
    await directory.remove();
  });
  afterAll(() => server.stop());

  const move = (progress: (count: number, what: string) => void = () => undefined) =>
    moveOthers({ config: { MONGODB_URI: uri, WAYBILL_DATA_DIR: directory.path }, to: 'file', sagas: [], progress });
  const count = (name: string): Promise<number> => mongo.db.collection(name).countDocuments();
  const inFile = async <Result>(work: (secrets: Awaited<ReturnType<typeof openSqliteSecrets>>) => Promise<Result>) => {
    const secrets = await openSqliteSecrets({ file, key, mayBeNew: false });
    try {
      return await work(secrets);
    } finally {
      await secrets.close();
    }
  };

  it('that ends while the old stores are put aside goes on, and keeps what a service did with the files', async () => {
    server.faults.drop(puttingAside(database));
    await expect(move()).rejects.toThrow();
    expect([await count('secrets'), await count('moved.secrets')]).toEqual([0, 2]);
    await inFile((secrets) => secrets.put('a', 'after', Buffer.from('after')));
    const release = own(file);
    await expect(move()).rejects.toThrow(/in use by another process/);
    release();
    expect(await move()).toEqual({ values: 3, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const found = await inFile(async (secrets) => [await secrets.get('a', 'before'), await secrets.get('a', 'after')]);
    expect(found.map((one) => one?.bytes.toString())).toEqual(['before', 'after']);
    expect([await count('moved.secrets'), await count('moved.credentials')]).toEqual([2, 1]);
    expect(await mongo.notes.get(moveNote)).toBeUndefined();
    expect(await move()).toBeUndefined();
  });

  it('that ends before the files have their names goes on with what was copied, and replaces no file', async () => {
    const putInTheWay = (_count: number, what: string): void => {
      if (what === 'keys of sessions compared') writeFileSync(file, 'of somebody');
    };
    await expect(move(putInTheWay)).rejects.toThrow(/secrets\.db is in the way/);
    expect(await mongo.notes.get(moveNote)).toMatch(/^file \{/);
    await expect(move()).rejects.toThrow(/secrets\.db is in the way/);
    expect(await readFile(file, 'utf8')).toBe('of somebody');
    await rm(file);
    expect(await move()).toMatchObject({ values: 3 });
    expect((await inFile((secrets) => secrets.get('a', 'before')))?.bytes.toString()).toBe('before');
  });

  it('removes no file that is there already, also where it was begun', async () => {
    await mongo.notes.put(moveNote, 'file');
    await writeFile(file, 'of somebody');
    await expect(move()).rejects.toThrow(/secrets\.db is in the way/);
    await mongo.db.dropCollection('secrets');
    await expect(move()).rejects.toThrow(/no vault/);
    expect(await readFile(file, 'utf8')).toBe('of somebody');
  });

  it('keeps what an earlier move put aside', async () => {
    await mongo.db.collection('moved.secrets').insertOne({ kind: 'of an earlier move' });
    await move();
    expect([await count('moved.secrets'), await count('moved.2.secrets')]).toEqual([1, 2]);
  });

  it('keeps backups from being made of what is left', async () => {
    await mongo.notes.put(moveNote, 'file');
    const config = { MONGODB_URI: uri, WAYBILL_DATA_DIR: directory.path };
    await expect(copyStores(config, join(directory.path, 'copy'), [])).rejects.toThrow(/being moved/);
  });
});
