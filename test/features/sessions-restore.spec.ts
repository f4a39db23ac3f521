import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { Waybill, type LinkedSession, type TestUser } from '../support/waybill.js';

let waybill: Waybill;
let user: TestUser;
let linked: LinkedSession[];
let resting: LinkedSession;
let unlinked: string;

beforeAll(async () => {
  waybill = await Waybill.start();
  user = await waybill.newUser();
  linked = [await waybill.link(user), await waybill.link(user), await waybill.link(user)];
  resting = await waybill.link(user);
  await waybill.call(`POST /v1/sessions/${resting.id}/stop`, { key: user.key });
  unlinked = await waybill.newSession(user);
  await waybill.qr(user, unlinked);
}, 240_000);

afterAll(() => waybill.end());

const connectedAt = async (id: string): Promise<string> =>
  (await waybill.call(`GET /v1/sessions/${id}`, { key: user.key })).body.connectedAt as string;

const connectionTimes = () => Promise.all(linked.map(({ id }) => connectedAt(id)));

/** Waits until every session is where it was, each on a connection of its own that is new. */
const areBack = async (before: readonly string[]): Promise<boolean> => {
  for (const { id } of linked) await waybill.until(user, id, { status: 'connected', linked: true });
  await waybill.until(user, resting.id, { status: 'stopped', linked: true });
  await waybill.qr(user, unlinked);
  return (await connectionTimes()).every((time, n) => time > before[n]!);
};

describe('sessions', () => {
  it('are connected again after an orderly restart of the service, without a QR', async () => {
    const before = await connectionTimes();
    expect(await waybill.shutDown()).toBe(0);
    await waybill.boot();
    expect(await areBack(before)).toBe(true);
    await waybill.call(`POST /v1/sessions/${resting.id}/restart`, { key: user.key });
    await waybill.until(user, resting.id, { status: 'connected' });
    await waybill.call(`POST /v1/sessions/${resting.id}/stop`, { key: user.key });
  }, 300_000);

  it('are connected again after the service was killed, again and again', async () => {
    for (let round = 0; round < 3; round += 1) {
      const before = await connectionTimes();
      await waybill.kill();
      await waybill.boot();
      expect(await areBack(before)).toBe(true);
    }
  }, 300_000);

  it('have lost their link after a logout, also where they are started again and the service is killed right after', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { id, phone } = await waybill.link(user);
      await waybill.call(`POST /v1/sessions/${id}/logout`, { key: user.key });
      await waybill.call(`POST /v1/sessions/${id}/restart`, { key: user.key });
      await waybill.kill();
      await waybill.boot();
      await waybill.qr(user, id);
      await waybill.until(user, id, { status: 'awaiting_scan', linked: false, phoneNumber: null });
      await eventually(async () => (await waybill.sandbox.phone(phone.number)).devices.length === 0, 60_000);
      await waybill.call(`DELETE /v1/sessions/${id}`, { key: user.key });
    }
  }, 300_000);

  it('are deleted for good, also where the service is killed right after', async () => {
    const gone = await waybill.link(user);
    await waybill.call(`DELETE /v1/sessions/${gone.id}`, { key: user.key });
    await waybill.kill();
    await waybill.boot();
    expect((await waybill.call(`GET /v1/sessions/${gone.id}`, { key: user.key })).status).toBe(404);
    const devices = async () => (await waybill.sandbox.phone(gone.phone.number)).devices;
    await eventually(async () => (await devices()).length === 0);
  }, 300_000);
});
