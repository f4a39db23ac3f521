import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CreateIndexesOptions } from 'mongodb';
import { openMongo, type Mongo } from '#lib/mongo';
import { openMongoReadModels } from '#lib/read-models/mongo';
import { openMongoRequestLog } from '#lib/request-log/mongo';
import { openMongoSagaProgress } from '#lib/saga-progress/mongo';
import { MasterKey } from '#lib/vault';
import { openMongoSecrets } from '#lib/vault/mongo';
import { openMongoCredentials } from '../../libs/whatsapp/baileys/credentials/mongo/index.js';
import { dropDatabase } from '../support/mongodb-server/open-on.js';
import { type MongoPlace, mongoPlace } from '../support/mongodb-server/place.js';

const key = new MasterKey(randomBytes(32));
const viewOf = (...indexes: readonly (readonly string[])[]) => ({ name: 'notes', version: 1, indexes });

let place: MongoPlace;
let uri: string;
/** The connections of a process of an older version, and of a newer one. */
let older: Mongo;
let newer: Mongo;

beforeAll(async () => {
  place = await mongoPlace();
});
beforeEach(async () => {
  uri = place.uri(`indexes-${randomUUID().slice(0, 13)}`);
  [older, newer] = [await openMongo(uri), await openMongo(uri)];
});
afterEach(async () => {
  await older.close();
  await newer.close();
  await dropDatabase(uri);
});
afterAll(() => place.stop());

const keysIn = async (collection: string): Promise<readonly string[]> =>
  (await newer.db.collection(collection).indexes()).map((index) => Object.keys(index['key']).join(' '));

describe('while processes of two versions have one database', () => {
  it.each([
    ['sagas.parked', openMongoSagaProgress],
    ['requests', openMongoRequestLog],
    ['requests.counts', openMongoRequestLog],
    ['secrets', (mongo: Mongo) => openMongoSecrets(mongo, { key, mayBeNew: true })],
  ])(
    '%s keeps the index of the newer one when the older one starts, until somebody knows that none needs it',
    async (collection, open) => {
      await (await open(older)).close();
      const own = await keysIn(collection);
      expect(own.length).toBeGreaterThan(1);
      await newer.db.collection(collection).createIndex({ newer: 1 });
      await (await open(older)).close();
      expect(await keysIn(collection)).toEqual([...own, 'newer']);
      expect(await older.indexes.dropOthers('all')).toEqual([`${collection}.newer_1`]);
      expect(await keysIn(collection)).toEqual(own);
      expect(await older.indexes.dropOthers('all')).toEqual([]);
    },
  );

  it('a view keeps the indexes of both, and in the end has those of the last', async () => {
    await openMongoReadModels(newer).prepare([viewOf(['user', 'at'])]);
    const views = openMongoReadModels(older);
    await views.prepare([viewOf(['status'])]);
    expect(await keysIn('views.notes')).toEqual(['_id', 'user at _id', 'status _id']);
    await views.beginRebuild(viewOf(['status']));
    await views.finishRebuild(viewOf(['status']));
    expect(await keysIn('views.notes')).toEqual(['_id', 'status _id']);
    await openMongoReadModels(newer).prepare([viewOf(['user', 'at'])]);
    await newer.indexes.dropOthers('all');
    expect(await keysIn('views.notes')).toEqual(['_id', 'user at _id']);
    await views.close();
  });

  it('the credentials, which only their owner uses, have its indexes at once', async () => {
    await (await openMongoCredentials(older)).close();
    const own = await keysIn('credentials');
    await newer.db.collection('credentials').createIndex({ newer: 1 });
    await (await openMongoCredentials(older)).close();
    expect(await keysIn('credentials')).toEqual(own);
  });

  it('opening the credentials leaves alone what else is on the same connection', async () => {
    await (await openMongoSecrets(older, { key, mayBeNew: true })).close();
    await newer.db.collection('secrets').createIndex({ newer: 1 });
    const before = await keysIn('secrets');
    await (await openMongoCredentials(older)).close();
    expect(await keysIn('secrets')).toEqual(before);
  });
});

describe('an index with the keys of a declared one, and other options', () => {
  it.each<[string, CreateIndexesOptions]>([
    ['unique', { unique: true }],
    ['sparse', { sparse: true }],
    ['for some of the documents', { partialFilterExpression: { kind: 'x' } }],
    ['an expiry', { expireAfterSeconds: 3600 }],
    ['unique, under another name', { unique: true, name: 'by hand' }],
  ])('gives way to the declared one at the next start: %s', async (_what, options) => {
    await newer.db.collection('secrets').createIndex({ kind: 1 }, options);
    await newer.db.collection('secrets').createIndex({ newer: 1 });
    await (await openMongoSecrets(older, { key, mayBeNew: true })).close();
    const found = await newer.db.collection('secrets').indexes();
    expect(found.filter(({ key }) => 'kind' in (key as object))).toEqual([{ v: 2, key: { kind: 1 }, name: 'kind_1' }]);
    expect(await keysIn('secrets')).toContain('newer');
  });

  it('gives way as well where it has the name of a declared one, and other keys', async () => {
    await newer.db.collection('secrets').createIndex({ id: 1 }, { name: 'kind_1' });
    await newer.db.collection('secrets').createIndex({ newer: 1 });
    await (await openMongoSecrets(older, { key, mayBeNew: true })).close();
    const found = await newer.db.collection('secrets').indexes();
    expect(found.find(({ name }) => name === 'kind_1')).toMatchObject({ key: { kind: 1 } });
    expect(await keysIn('secrets')).toContain('newer');
  });
});
