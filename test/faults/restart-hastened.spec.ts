import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { Waybill, type LinkedSession } from '../support/waybill.js';

/** More than are connected at the same time after a start. */
const frozenSessions = 10;

let waybill: Waybill;
beforeAll(async () => void (waybill = await Waybill.start()));
afterAll(() => waybill.end());

const isConnected = async ({ phone }: LinkedSession): Promise<boolean> =>
  (await waybill.sandbox.phone(phone.number)).devices.some(({ connected }) => connected);

it('after a restart, sessions that messages wait for do not wait for those that WhatsApp does not answer', async () => {
  const user = await waybill.newUser();
  const friend = await waybill.sandbox.newPhone();
  const text = async ({ id: sessionId }: LinkedSession, body: string): Promise<string> => {
    const message = { to: friend.number, type: 'text', text: { body }, sessionId };
    const answer = await waybill.call('POST /v1/messages', { key: user.key, body: message });
    if (answer.status !== 202) throw new Error(`Not accepted: ${answer.text}`);
    return answer.body.id;
  };
  // The oldest sessions are the last to be connected.
  const [earlier, now] = [await waybill.link(user), await waybill.link(user)];
  const others: LinkedSession[] = [];
  for (let count = 0; count < frozenSessions; count += 1) others.push(await waybill.link(user));

  await waybill.sandbox.fault({ kind: 'refuse', number: earlier.phone.number, count: 1000 });
  await waybill.sandbox.fault({ kind: 'drop', number: earlier.phone.number });
  await waybill.until(user, earlier.id, { status: 'reconnecting' });
  const waiting = await text(earlier, 'from before');
  await waybill.kill();
  await waybill.sandbox.ask('DELETE /faults');
  await eventually(async () => !(await Promise.all(others.map(isConnected))).includes(true));
  for (const { phone } of others) await waybill.sandbox.fault({ kind: 'freeze', number: phone.number });
  await waybill.boot();
  const fresh = await text(now, 'from now');

  const status = async (id: string) =>
    (await waybill.call(`GET /v1/messages/${id}`, { key: user.key })).body.status as string;
  for (const id of [waiting, fresh]) await eventually(async () => (await status(id)) === 'delivered');
  const connected = await Promise.all(others.map(isConnected));
  expect(connected.filter(Boolean).length).toBeLessThan(frozenSessions);
}, 120_000);
