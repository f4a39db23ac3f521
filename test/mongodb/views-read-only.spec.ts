import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openMongo, type Mongo } from '#lib/mongo';
import { put, ReadModelsUnavailable, type ReadModels } from '#lib/read-models';
import { openMongoReadModels } from '#lib/read-models/mongo';
import { counters } from '../support/counters.js';
import { batchOf } from '../support/read-models/fixture.js';
import { MongoServer } from '../support/mongodb-server/server.js';

let server: MongoServer;
let mongo: Mongo;
let writer: ReadModels;
let reader: ReadModels;

beforeAll(async () => {
  server = await MongoServer.start();
  mongo = await openMongo(server.uri());
  writer = openMongoReadModels(mongo);
  reader = openMongoReadModels(mongo, { readOnly: true });
});

afterAll(async () => {
  for (const models of [reader, writer]) await models.close();
  await mongo.close();
  await server.stop();
});

const batch = {
  subscription: counters.name,
  collection: counters.name,
  changes: [{ position: 1, writes: [put('a', { id: 'a', total: 3, bumps: 1 })] }],
  checkpoint: 1,
};

it('a process that only reads the views waits until another one has made them', async () => {
  await expect(reader.prepare([counters])).rejects.toThrow(ReadModelsUnavailable);
  await writer.prepare([counters]);
  expect(await reader.prepare([counters])).toEqual(new Map([['counters', 1]]));
});

it('a process that only reads the views reads what the other one writes, and writes nothing itself', async () => {
  await expect(reader.apply(batch)).rejects.toThrow('This process only reads the views');
  await expect(reader.beginRebuild(counters)).rejects.toThrow('This process only reads the views');
  expect(await reader.get(counters, 'a')).toBeUndefined();
  await writer.apply(batch);
  expect(await reader.get(counters, 'a')).toMatchObject({ total: 3 });
  expect((await reader.progress(counters.name)).checkpoint).toBe(1);
  await reader.ready();
});

it('a process that only reads the views writes those that all processes share', async () => {
  const sharing = openMongoReadModels(mongo, { readOnly: true, shared: [counters] });
  await writer.prepare([counters]);
  await sharing.prepare([counters]);
  await sharing.apply(batchOf(counters, { 9: [put('b', { id: 'b', total: 9, bumps: 1 })] }));
  await writer.apply(batchOf(counters, { 8: [put('b', { id: 'b', total: 8, bumps: 1 })] }));
  expect(await reader.get(counters, 'b')).toMatchObject({ total: 9 });
  await expect(sharing.beginRebuild(counters)).rejects.toThrow('This process only reads the views');
  await sharing.close();
});
