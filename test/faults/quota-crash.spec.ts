import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import { webhooksClient } from '../support/webhooks-client.js';

const quota = 100;
const kills = 4;

let waybill: Waybill;
let receiver: WebhookReceiver;

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  waybill = await Waybill.start({ WAYBILL_OUTBOUND_ALLOW: '127.0.0.1' });
});

afterAll(async () => {
  await waybill.end();
  await receiver.stop();
});

it('a service that is killed while it accepts messages accepts exactly as many as the daily quota has, and tells so once', async () => {
  const client = await MessagesClient.link(waybill, await waybill.newUser({ maxMessagesPerDay: quota }));
  await webhooksClient((route, body) => client.call(route, { body })).register(receiver.url('/quota'), ['quota.*']);
  const friend = await waybill.sandbox.newPhone();
  const post = (n: number) =>
    client
      .post({ to: `+${friend.number}`, type: 'text', text: { body: 'counted' } }, { 'idempotency-key': `n${n}` })
      .then(({ status }) => status)
      .catch(() => undefined); // cut off
  const all = (): Promise<readonly (number | undefined)[]> =>
    Promise.all(Array.from({ length: 2 * quota }, (_, n) => post(n)));

  for (let n = 0; n < kills; n += 1) {
    const posted = all();
    await delay(Math.random() * 150);
    await waybill.kill();
    await posted;
    await waybill.boot();
  }
  await all();
  // A replay is answered as at first: what the log has, and nothing else, is accepted.
  expect((await all()).filter((status) => status === 202)).toHaveLength(quota);
  expect((await client.call('GET /v1/limits')).body.messages).toMatchObject({ used: quota, remaining: 0 });
  const told = () => new Map(receiver.at('/quota').map(({ body }) => [body.id, body.type]));
  await eventually(() => told().size >= 2);
  expect([...told().values()].toSorted()).toEqual(['quota.exceeded', 'quota.warning']);
}, 300_000);
