import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { moreOf } from '../../support/kills.js';
import { MessagesClient } from '../../support/messages-client.js';
import { Waybill } from '../../support/waybill.js';
import { WebhookReceiver } from '../../support/webhook-receiver.js';
import { changeMessage } from './changes.js';
import { receiveInAllChats } from './incoming.js';
import { sendInAllChats } from './outgoing.js';
import { offerMoreThanQuota } from './quota.js';
import { Kills, newParty, type Moment, type Scenario } from './scenario.js';
import { postToWebhooks } from './webhooks.js';

/** Who writes in the chats that are busy in both directions. */
const writers = 3;

let receiver: WebhookReceiver;
let waybill: Waybill;
let scenarios: { readonly [name in 'sending' | 'receiving' | 'changing' | 'counting' | 'posting']: Scenario };

/** A start takes most of the time, so that everything goes on at once, and each kill interrupts all of it. */
beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  waybill = await Waybill.start({ WAYBILL_OUTBOUND_ALLOW: '127.0.0.1' });
  await waybill.sandbox.ask('PUT /transcript', { enabled: true, capacity: 100_000 });
  const kills = new Kills(waybill);
  const client = await MessagesClient.link(waybill);
  const posting = await postToWebhooks(waybill, client, receiver);
  const counting = await offerMoreThanQuota(waybill, receiver);
  const party = await newParty(waybill, 2, 5);
  const changing = await changeMessage(waybill, kills, client);
  const sending = sendInAllChats(waybill, kills, party);
  const receiving = receiveInAllChats(waybill, kills, { ...party, friends: party.friends.slice(0, writers) });
  scenarios = { posting, counting, changing, sending, receiving };

  const anytime: Moment = async () => {
    void posting.write();
    await delay(Math.random() * 1500);
    for (const { session } of party.clients) {
      await waybill.sandbox.fault({ kind: 'devices-changed', number: session.phone.number });
    }
  };
  const offered: Moment = async () => {
    void posting.write();
    counting.offerAll();
    await delay(Math.random() * 150);
  };
  const offeredAnd =
    (moment: Moment): Moment =>
    () => {
      counting.offerAll();
      return moment();
    };
  const [answered, soonAfter, recorded] = posting.moments;
  const moments = [anytime, offered, answered, offeredAnd(soonAfter), recorded, anytime];
  await kills.at(moreOf(moments), posting.whileDown);
  for (const scenario of Object.values(scenarios)) await scenario.stop();
}, 1_800_000);

afterAll(async () => {
  await waybill.end();
  await receiver.stop();
});

describe('a service that is killed again and again', () => {
  it('loses no message, sends none twice, and keeps the order of each chat', async () => {
    await expect(scenarios.sending.verify()).resolves.toBeUndefined();
  }, 300_000);

  it('records each received message once, in order per chat', async () => {
    await expect(scenarios.receiving.verify()).resolves.toBeUndefined();
  }, 300_000);

  it('can read everything, in chats that are busy in both directions while devices change', async () => {
    expect(await waybill.sandbox.retryReceipts()).toEqual([]);
  });

  it('changes messages once and in order', async () => {
    await expect(scenarios.changing.verify()).resolves.toBeUndefined();
  });

  it('accepts exactly as many messages as the daily quota has, and tells so once', async () => {
    await expect(scenarios.counting.verify()).resolves.toBeUndefined();
  });

  it('posts each event to webhooks, and repeats none but what a kill interrupted', async () => {
    await expect(scenarios.posting.verify()).resolves.toBeUndefined();
  }, 300_000);
});
