import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openMongo, type Mongo } from '#lib/mongo';
import { openMongoCredentials, readStoredValues } from '#lib/whatsapp/baileys/credentials/mongo';
import { MongoServer } from '../support/mongodb-server/server.js';

let server: MongoServer;
let mongo: Mongo;

beforeAll(async () => {
  server = await MongoServer.start();
  mongo = await openMongo(server.uri(`copied-${randomUUID().slice(0, 13)}`));
});
afterAll(async () => {
  await mongo.close();
  await server.stop();
});

const entry = (id: string, value: string | null) => ({
  type: 'key',
  id,
  value: value === null ? null : Buffer.from(value),
});
const stored = async (): Promise<readonly string[]> => {
  const found: string[] = [];
  for await (const { session, id, value } of readStoredValues(mongo)) found.push(`${session} ${id} ${String(value)}`);
  return found.sort();
};

it('a copy that is made while credentials are in use has all that was written before, and nothing that was removed', async () => {
  const before = await openMongoCredentials(mongo);
  await before.write('one', [entry('changed', 'old'), entry('removed', 'old'), entry('same', 'old')], 'power_cut');
  await before.write('two', [entry('any', 'old')], 'power_cut');
  await before.close(); // which puts all of it into the rows
  const store = await openMongoCredentials(mongo);
  await store.write('one', [entry('changed', 'new'), entry('removed', null), entry('added', 'new')], 'power_cut');
  await store.remove('two');
  await store.write('two', [entry('again', 'new')], 'power_cut');
  const expected = ['one added new', 'one changed new', 'one same old', 'two again new'];
  expect(await stored()).toEqual(expected);
  await store.close();
  expect(await stored()).toEqual(expected);
});

it('a value that is newer in the rows than in the log that was read before counts', async () => {
  const store = await openMongoCredentials(mongo);
  await store.write('three', [entry('raced', 'logged')], 'power_cut');
  const values = readStoredValues(mongo);
  const rows = mongo.db.collection<{ _id: string; sequence: number; value: Buffer }>('credentials');
  const row = { session: 'three', type: 'key', id: 'raced', value: Buffer.from('newer'), sequence: 1_000_000 };
  await rows.insertOne({ _id: JSON.stringify(['three', 'key', 'raced']), ...row });
  const found: string[] = [];
  for await (const { session, value } of values) if (session === 'three') found.push(String(value));
  expect(found).toEqual(['newer']);
  await store.close();
});
