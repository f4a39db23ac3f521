import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openMongo, type Mongo } from '#lib/mongo';
import { put, ReadModelsUnavailable, type ReadModels } from '#lib/read-models';
import { openMongoReadModels } from '#lib/read-models/mongo';
import { counters } from '../support/counters.js';
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
