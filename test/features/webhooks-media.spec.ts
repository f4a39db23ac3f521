import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MediaClient } from '../support/media-client.js';
import { MessagesClient } from '../support/messages-client.js';
import { ServiceClock } from '../support/service-clock.js';
import { Waybill } from '../support/waybill.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import { webhooksClient } from '../support/webhooks-client.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

let clock: ServiceClock;
let receiver: WebhookReceiver;
let waybill: Waybill;
let client: MessagesClient;
let media: MediaClient;

beforeAll(async () => {
  clock = await ServiceClock.create();
  receiver = await WebhookReceiver.start();
  waybill = await Waybill.start({ ...clock.variables, WAYBILL_OUTBOUND_ALLOW: '127.0.0.1' });
  client = await MessagesClient.link(waybill, await waybill.newUser());
  media = new MediaClient(waybill, client.session.user.key);
}, 240_000);
afterAll(async () => {
  await waybill.end();
  await receiver.stop();
  await clock.remove();
});

const upload = async (): Promise<string> => (await media.upload(randomBytes(1000))).body.id;
const statusOf = async (mediaId: string): Promise<number> => (await media.download(mediaId)).status;

it('a file is there for as long as a delivery that names it is pending, however old it is', async () => {
  const { act, register, remove, deliveriesOf } = webhooksClient((route, body) => client.call(route, { body }));
  const friend = await waybill.sandbox.newPhone();
  const [named, other] = [await upload(), await upload()];
  receiver.answer('/files', 500);
  const webhook = await register(receiver.url('/files'), ['message.sent']);
  await client.post({ to: `+${friend.number}`, type: 'document', document: { mediaId: named } });
  await eventually(() => receiver.at('/files').length > 0);
  expect(receiver.at('/files')[0]?.body.data).toMatchObject({ document: { mediaId: named } });

  await act(webhook.id, 'pause'); // what fails for days is given up at the next attempt

  await clock.shift(30 * dayMs + minuteMs);
  await eventually(async () => (await statusOf(other)) === 410, 20_000); // younger than the one that is named
  expect(await statusOf(named)).toBe(200);
  expect(await deliveriesOf(webhook.id)).toMatchObject([{ status: 'pending' }]);

  await remove(webhook.id); // and so its deliveries
  await clock.passUntil(async () => (await statusOf(named)) === 410);
}, 120_000);
