import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { openMongo, type Mongo } from '#lib/mongo';
import { MongoServer } from '../support/mongodb-server/server.js';

/** At one of these turns of the event loop after the server has closed a connection, its socket has ended and is not yet closed. */
const turnsAfterClose = [0, 1, 2, 3, 4, 5];

let server: MongoServer;
let mongo: Mongo;

beforeAll(async () => {
  server = await MongoServer.start();
  mongo = await openMongo(server.uri());
});
afterAll(async () => {
  await mongo.close();
  await server.stop();
});

it('a command ends that is written at the moment at which the server closes the connection', async () => {
  const things = mongo.db.collection<{ _id: number }>('things');
  await things.insertOne({ _id: -1 });
  for (const turns of turnsAfterClose) {
    server.dropConnections();
    for (let passed = 0; passed < turns; passed += 1) await turn();
    await things.insertOne({ _id: turns });
  }
  expect(await things.countDocuments()).toBe(turnsAfterClose.length + 1);
}, 60_000);
