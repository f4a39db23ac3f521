import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { Waybill } from '../support/waybill.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import { webhooksClient } from '../support/webhooks-client.js';

const deliveries = 100;
const rounds = 30;

let receiver: WebhookReceiver;
let waybill: Waybill;

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  waybill = await Waybill.start({ WAYBILL_OUTBOUND_ALLOW: '127.0.0.1' });
});
afterAll(async () => {
  await waybill.end();
  await receiver.stop();
});

it('much is redelivered at once while deliveries are being recorded, and nothing of it is refused', async () => {
  const { key } = await waybill.newUser();
  const { register, act, deliveriesOf } = webhooksClient((route, body) => waybill.call(route, { key, body }));
  const { id } = await register(receiver.url('/again'), ['call.*']);
  await Promise.all(Array.from({ length: deliveries }, () => act(id, 'test')));
  await eventually(() => receiver.at('/again').length === deliveries);

  const range = { from: new Date(0).toISOString(), status: 'succeeded' };
  const answers = await Promise.all(
    Array.from({ length: rounds }, async () => [await act(id, 'redeliver', range), await act(id, 'test')]),
  );
  expect(answers.flat().map(({ status }) => status)).toEqual(Array(2 * rounds).fill(202));
  const told = () => new Set(receiver.at('/again').map(({ body }) => body.id)).size;
  await eventually(() => told() === deliveries + rounds);
  await eventually(async () => (await deliveriesOf(id, '?status=pending')).length === 0);
  expect(told()).toBe(deliveries + rounds);
});
