import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MessagesClient } from '../support/messages-client.js';
import { ServiceClock } from '../support/service-clock.js';
import { Waybill } from '../support/waybill.js';

const hourMs = 3_600_000;
/** A dead line is noticed after 37 s; by a clock that was set back, it would be after an hour. */
const noticedWithinMs = 90_000;

let clock: ServiceClock;
let waybill: Waybill;

beforeAll(async () => {
  clock = await ServiceClock.create();
  waybill = await Waybill.start(clock.variables);
});

afterAll(async () => {
  await waybill.end();
  await clock.remove();
});

it('a line that is dead while the wall clock is set back by an hour is noticed as soon as otherwise, and messages leave', async () => {
  const client = await MessagesClient.link(waybill);
  const { id, user, phone } = client.session;
  await waybill.sandbox.fault({ kind: 'freeze', number: phone.number });
  await clock.shift(-hourMs);
  await waybill.until(user, id, { status: 'reconnecting' }, noticedWithinMs);
  await waybill.until(user, id, { status: 'connected' });
  const sent = await client.send(await waybill.sandbox.newPhone(), 'in the past');
  const { timeline } = await client.until(sent, 'delivered');
  for (const { at } of timeline) expect(Date.parse(at)).toBeLessThan(Date.now() - hourMs / 2);
}, 240_000);

it('a line that works while the wall clock is set forth by hours is not taken for a dead one', async () => {
  await clock.shift(0);
  const client = await MessagesClient.link(waybill);
  const { id, user } = client.session;
  const connectedAt = async () => (await waybill.call(`GET /v1/sessions/${id}`, { key: user.key })).body.connectedAt;
  const before = await connectedAt();
  for (const hours of [1, 24]) {
    await clock.shift(hours * hourMs);
    await client.until(await client.send(await waybill.sandbox.newPhone(), `${hours} hours later`), 'delivered');
  }
  expect(await connectedAt()).toBe(before);
}, 120_000);
