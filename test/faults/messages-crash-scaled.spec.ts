import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { killWhileSending } from '../support/crash/kill-while-sending.js';
import { EventStoreDbServer } from '../support/eventstoredb-server/index.js';
import { MongoServer } from '../support/mongodb-server/server.js';
import { Waybill } from '../support/waybill.js';

let log: EventStoreDbServer;
let database: MongoServer;
let waybill: Waybill;

beforeAll(async () => {
  [log, database] = [await EventStoreDbServer.start(), await MongoServer.start()];
  waybill = await Waybill.start({
    EVENTSTORE_URL: log.url,
    MONGODB_URI: `${database.uri()}&serverSelectionTimeoutMS=1500`,
  });
}, 240_000);

afterAll(async () => {
  await waybill.end();
  await database.stop();
  await log.stop();
});

/** Both servers lose an answer, and are gone for a moment. */
const troubleServers = async (): Promise<void> => {
  log.faults.next('append', { kind: 'answer_lost', how: 'closed' });
  for (const command of ['insert', 'update', 'commitTransaction']) database.faults.loseAnswer(command);
  await delay(Math.random() * 300);
  const { port, storage } = database;
  await Promise.all([log.stop(), database.stop()]);
  await delay(Math.random() * 300);
  await log.listen();
  database = await MongoServer.start({ port, storage });
  await delay(Math.random() * 500);
};

it('with all stores on servers, the same holds while these fail, too', async () => {
  const size = { sessions: 2, messagesPerSession: 20, minKills: 3 };
  expect(await killWhileSending(waybill, { ...size, betweenKills: troubleServers })).toBeGreaterThanOrEqual(3);
}, 600_000);
