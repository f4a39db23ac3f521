import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openMongo } from '#lib/mongo';
import { openSealedCredentials, type CredentialStore } from '#lib/whatsapp/baileys';
import { openMongoCredentials } from '#lib/whatsapp/baileys/credentials/mongo';
import { sealedStoreContract } from '../contracts/sealed-store.contract.js';
import { credentialsContract } from '../contracts/whatsapp-credentials.contract.js';
import { databaseBytes, dropDatabase, openOn } from '../support/mongodb-server/open-on.js';
import { type MongoPlace, mongoPlace } from '../support/mongodb-server/place.js';
import { MongoServer } from '../support/mongodb-server/server.js';

const newName = (): string => `credentials-${randomUUID().slice(0, 13)}`;
const open = (uri: string): Promise<CredentialStore> => openOn(uri, (mongo) => openMongoCredentials(mongo));

describe.each([
  ['a replica set of MongoDB', undefined],
  ['a MongoDB without transactions', { replicaSet: null }],
])('%s', (name, options) => {
  let place: MongoPlace;

  beforeAll(async () => {
    place = await mongoPlace(options);
  });
  afterAll(() => place.stop());

  credentialsContract(name, async () => {
    const uri = place.uri(newName());
    return { open: () => open(uri), bytes: () => databaseBytes(uri), remove: () => dropDatabase(uri) };
  });

  sealedStoreContract(`credentials in ${name}`, async () => {
    const uri = place.uri(newName());
    return {
      open: (key, mayBeNew) =>
        openOn(uri, async (mongo) => {
          const store = await openMongoCredentials(mongo);
          try {
            return await openSealedCredentials(store, { store: 'credentials', key, mayBeNew });
          } catch (error) {
            await store.close();
            throw error;
          }
        }),
      lose: () => dropDatabase(uri),
      remove: () => dropDatabase(uri),
    };
  });
});

describe('credentials in MongoDB', () => {
  let server: MongoServer;
  let uri: string;
  const text = (value: string): Uint8Array => Buffer.from(value);
  const key = (id: string, value: string | null) => ({
    type: 'session',
    id,
    value: value === null ? null : text(value),
  });
  const read = async (store: CredentialStore, ...ids: string[]) =>
    Object.fromEntries(
      Array.from(await store.read('a', 'session', ids), ([id, value]) => [id, Buffer.from(value).toString()]),
    );
  const unavailable = expect.objectContaining({ name: 'CredentialsUnavailable' });

  let stores: CredentialStore[];
  const opened = async (): Promise<CredentialStore> => {
    const store = await open(uri);
    stores.push(store);
    return store;
  };

  beforeEach(async () => {
    server = await MongoServer.start();
    uri = `${server.uri(newName())}&serverSelectionTimeoutMS=2000`;
    stores = [];
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await server.stop();
  });

  it('take one command for what a message changes, however much that is', async () => {
    const store = await opened();
    const writes = ['insert', 'update', 'delete', 'findAndModify'];
    const count = (names: readonly string[]) => names.reduce((sum, name) => sum + server.received(name), 0);
    const before = [count(['insert']), count(['find'])];
    for (let n = 0; n < 50; n += 1) {
      const arrival = { number: n, value: text(`message ${n}`) };
      await Promise.all([
        store.write('a', [key('1', `s${n}`), { type: 'pre-key', id: `${n}`, value: null }], 'power_cut', [arrival]),
        store.write('a', [{ type: 'creds', id: '', value: text(`c${n}`) }], 'power_cut'),
      ]);
      expect(await read(store, '1')).toEqual({ 1: `s${n}` });
    }
    expect([count(['insert']), count(['find'])]).toEqual([before[0]! + 50, before[1]]);
    const others = count(writes) - count(['insert']);
    await store.close();
    expect(count(writes) - count(['insert']) - others).toBeLessThan(6);
    const again = await opened();
    expect(await read(again, '1')).toEqual({ 1: 's49' });
    expect(await again.arrivals('a')).toHaveLength(50);
    await again.close();
  });

  it.each(['loseAnswer', 'drop'] as const)(
    'are written once where the server does %s, twice in a row',
    async (fault) => {
      const store = await opened();
      await store.write('a', [key('2', 'before')], 'power_cut');
      server.faults[fault]('insert', 2);
      await expect(store.write('a', [key('2', 'given up')], 'power_cut')).rejects.toEqual(unavailable);
      expect(await read(store, '2')).toEqual({ 2: 'before' });
      server.faults[fault]('insert', 1);
      await store.write('a', [key('3', fault)], 'power_cut');
      await store.close();
      const again = await opened();
      expect(await read(again, '2', '3')).toEqual({ 2: 'before', 3: fault });
      await again.close();
    },
  );

  it('are whole after a crash at any moment between the log and the rows', async () => {
    for (const command of ['insert', 'update', 'delete']) {
      const store = await opened();
      const step = (n: number) => [key('4', `${command} ${n}`), key('5', n % 2 ? null : `${n}`)];
      await store.write('a', step(1), 'power_cut');
      server.faults.loseAnswer(command, 2);
      const last = store.write('a', step(2), 'power_cut').catch(() => undefined);
      await Promise.all([last, store.close()]);
      server.faults.clear();
      const again = await opened();
      expect([{ 4: `${command} 1` }, { 4: `${command} 2`, 5: '2' }]).toContainEqual(await read(again, '4', '5'));
      await again.close();
    }
  });

  it('refuse a writer that another one has replaced', async () => {
    const store = await opened();
    await store.write('a', [key('6', 'first')], 'power_cut');
    const mongo = await openMongo(uri);
    await mongo.db.collection('owners').deleteMany({});
    const second = await opened();
    await second.write('a', [key('6', 'second')], 'power_cut');
    await expect(store.write('a', [key('6', 'late')], 'power_cut')).rejects.toEqual(unavailable);
    await expect(store.write('a', [key('6', 'late')], 'power_cut')).rejects.toEqual(unavailable);
    await store.close();
    await second.close();
    const third = await opened();
    expect(await read(third, '6')).toEqual({ 6: 'second' });
    await third.close();
    await mongo.close();
  });
});
