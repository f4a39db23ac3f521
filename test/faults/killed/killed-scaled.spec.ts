import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreDbServer } from '../../support/eventstoredb-server/index.js';
import { moreOf } from '../../support/kills.js';
import { MessagesClient } from '../../support/messages-client.js';
import { MongoServer } from '../../support/mongodb-server/server.js';
import { Waybill } from '../../support/waybill.js';
import { WebhookReceiver } from '../../support/webhook-receiver.js';
import { receiveInAllChats } from './incoming.js';
import { sendInAllChats } from './outgoing.js';
import { Kills, newParty } from './scenario.js';
import { postToWebhooks } from './webhooks.js';

let log: EventStoreDbServer;
let database: MongoServer;
let receiver: WebhookReceiver;
let waybill: Waybill;

beforeAll(async () => {
  [log, database, receiver] = [
    await EventStoreDbServer.start(),
    await MongoServer.start(),
    await WebhookReceiver.start(),
  ];
  waybill = await Waybill.start({
    EVENTSTORE_URL: log.url,
    MONGODB_URI: `${database.uri()}&serverSelectionTimeoutMS=1500`,
    WAYBILL_OUTBOUND_ALLOW: '127.0.0.1',
  });
}, 240_000);

afterAll(async () => {
  await waybill.end();
  await receiver.stop();
  await database.stop();
  await log.stop();
});

it('with all stores on servers, a killed service posts each event, and repeats none but what a kill interrupted', async () => {
  const posting = await postToWebhooks(waybill, await MessagesClient.link(waybill), receiver);
  await new Kills(waybill).at(posting.moments, posting.whileDown);
  await expect(posting.verify()).resolves.toBeUndefined();
}, 300_000);

/** Both servers lose an answer, and are gone for a moment. */
const trouble = async (): Promise<void> => {
  await delay(Math.random() * 1000);
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

it('no message is lost or sent twice, and each chat keeps its order, while these servers fail, too', async () => {
  const kills = new Kills(waybill);
  const party = await newParty(waybill, 2, 2);
  const chats = [sendInAllChats(waybill, kills, party), receiveInAllChats(waybill, kills, party)];
  await kills.at(moreOf([trouble, trouble]));
  for (const { stop } of chats) await stop();
  for (const { verify } of chats) await verify();
  expect(log.faults.left('append')).toBe(0);
}, 600_000);
