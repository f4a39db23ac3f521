import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { killWhileSending } from '../support/crash/kill-while-sending.js';
import { EventStoreDbServer } from '../support/eventstoredb-server/index.js';
import { Waybill } from '../support/waybill.js';

let server: EventStoreDbServer;
let waybill: Waybill;

beforeAll(async () => {
  server = await EventStoreDbServer.start();
  waybill = await Waybill.start({ EVENTSTORE_URL: server.url });
}, 240_000);

afterAll(async () => {
  await waybill.end();
  await server.stop();
});

/** The server loses an answer, and is gone for a moment. */
const troubleServer = async (): Promise<void> => {
  server.faults.next('append', { kind: 'answer_lost', how: 'closed' });
  await delay(Math.random() * 300);
  await server.stop();
  await delay(Math.random() * 300);
  await server.listen();
  await delay(Math.random() * 500);
};

it('with the log on EventStoreDB, the same holds while the server fails, too', async () => {
  const size = { sessions: 2, messagesPerSession: 20, minKills: 3 };
  expect(await killWhileSending(waybill, { ...size, betweenKills: troubleServer })).toBeGreaterThanOrEqual(3);
}, 600_000);
