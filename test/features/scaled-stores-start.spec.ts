import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { EventStoreDbServer, rpcErrors } from '../support/eventstoredb-server/index.js';
import { MongoServer } from '../support/mongodb-server/server.js';
import { Waybill } from '../support/waybill.js';

/** More often than the clients ask again by themselves. */
const times = 3;

let log: EventStoreDbServer;
let database: MongoServer;
let waybill: Waybill | undefined;

beforeEach(async () => {
  [log, database] = [await EventStoreDbServer.start(), await MongoServer.start()];
});

afterEach(async () => {
  await waybill?.end();
  waybill = undefined;
  await database.stop();
  await log.stop();
});

const start = async (): Promise<Waybill> =>
  (waybill = await Waybill.start({
    EVENTSTORE_URL: log.url,
    MONGODB_URI: database.uri(),
    WAYBILL_MASTER_KEY: randomBytes(32).toString('base64'),
  }));

it('a start goes on when the database has a leader again, at whatever step it lost it, and says meanwhile what it waits for', async () => {
  for (const command of ['find', 'insert', 'update', 'createIndexes', 'listIndexes'])
    database.faults.stepDown(command, times);
  const started = await start();
  expect(started.output()).toMatch(/The service waits for the server of (EVENTSTORE_URL or )?MONGODB_URI/);
  expect(started.output()).toMatch(/not primary/);
  await started.newUser();
}, 120_000);

it('a start goes on when the log answers again', async () => {
  log.faults.next('read', { kind: 'refused', error: rpcErrors.serverNotReady() }, times);
  await (await start()).newUser();
  expect(log.faults.left('read')).toBe(0);
}, 120_000);
