import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreDbServer } from '../../support/eventstoredb-server/index.js';
import { moreOf } from '../../support/kills.js';
import { Waybill } from '../../support/waybill.js';
import { receiveInAllChats } from './incoming.js';
import { sendInAllChats } from './outgoing.js';
import { Kills, newParty } from './scenario.js';

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
const trouble = async (): Promise<void> => {
  await delay(Math.random() * 1000);
  server.faults.next('append', { kind: 'answer_lost', how: 'closed' });
  await delay(Math.random() * 300);
  await server.stop();
  await delay(Math.random() * 300);
  await server.listen();
  await delay(Math.random() * 500);
};

it('with the log on EventStoreDB, the same holds while the server fails, too', async () => {
  const kills = new Kills(waybill);
  const party = await newParty(waybill, 2, 2);
  const scenarios = [sendInAllChats(waybill, kills, party), receiveInAllChats(waybill, kills, party)];
  await kills.at(moreOf([trouble, trouble]));
  for (const { stop } of scenarios) await stop();
  for (const { verify } of scenarios) await verify();
  expect(server.faults.left('append')).toBe(0);
}, 600_000);
