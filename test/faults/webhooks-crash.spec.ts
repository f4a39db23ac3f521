import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { killWhilePosting } from '../support/crash/kill-while-posting.js';
import { EventStoreDbServer } from '../support/eventstoredb-server/index.js';
import { MongoServer } from '../support/mongodb-server/server.js';
import { Waybill } from '../support/waybill.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

let receiver: WebhookReceiver;
let waybill: Waybill;
let servers: readonly { stop(): Promise<void> }[];

beforeEach(async () => {
  servers = [];
  receiver = await WebhookReceiver.start();
});

afterEach(async () => {
  await waybill.end();
  await receiver.stop();
  for (const server of servers) await server.stop();
});

const start = async (isScaled: boolean): Promise<void> => {
  const variables = { WAYBILL_OUTBOUND_ALLOW: '127.0.0.1' };
  if (!isScaled) {
    waybill = await Waybill.start(variables);
    return;
  }
  const [log, database] = [await EventStoreDbServer.start(), await MongoServer.start()];
  servers = [database, log];
  waybill = await Waybill.start({ ...variables, EVENTSTORE_URL: log.url, MONGODB_URI: database.uri() });
};

it.each([
  ['with embedded stores', false],
  ['with all stores on servers', true],
])(
  'a service that is killed at any step posts each event, and repeats none but what a kill interrupted: %s',
  async (_stores, isScaled) => {
    await start(isScaled);
    const { written, arrived, repeated, renamed, unattempted } = await killWhilePosting(waybill, receiver);
    expect(arrived['/ordered']).toEqual(written);
    expect(arrived['/plain'].toSorted()).toEqual(written.toSorted());
    expect(arrived['/flaky'].toSorted()).toEqual(written.toSorted());
    expect(repeated).toEqual([]);
    expect(renamed).toEqual([]);
    expect(unattempted).toBeGreaterThan(0);
  },
  300_000,
);
