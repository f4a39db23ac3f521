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

/** Resolves once each of the linked sessions has connected since, and every session is as it was before. */
const areBack = async (before: readonly string[]): Promise<void> => {
  // At first, a session shows the connection that ended with the process.
  await eventually(async () => (await connectionTimes()).every((time, n) => time > before[n]!), 60_000);
  for (const { id } of linked) await waybill.until(user, id, { status: 'connected', linked: true });
  await waybill.until(user, resting.id, { status: 'stopped', linked: true });
  await waybill.qr(user, unlinked);
};

describe('sessions', () => {
  it('are connected again after an orderly restart of the service, without a QR', async () => {
    const before = await connectionTimes();
    expect(await waybill.shutDown()).toBe(0);
    await waybill.boot();
    await expect(areBack(before)).resolves.toBeUndefined();
    await waybill.call(`POST /v1/sessions/${resting.id}/restart`, { key: user.key });
    await waybill.until(user, resting.id, { status: 'connected' });
    await waybill.call(`POST /v1/sessions/${resting.id}/stop`, { key: user.key });
  }, 300_000);

  it('are connected again after the service was killed, again and again', async () => {
    for (let round = 0; round < 3; round += 1) {
      const before = await connectionTimes();
      await waybill.kill();
      await waybill.boot();
      await expect(areBack(before)).resolves.toBeUndefined();
    }
  }, 300_000);

  it('are no longer linked after a logout, even if they are restarted and the service is killed right after', async () => {
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

  it('are not connected while their account is banned, not even by a restart of the service', async () => {
    const banned = await waybill.link(user);
    await waybill.sandbox.fault({ kind: 'stream-error', code: 402, number: banned.phone.number });
    const before = await waybill.until(user, banned.id, { status: 'reconnecting', reconnectAttempt: 1 });
    const times = await connectionTimes();
    expect(await waybill.shutDown()).toBe(0);
    await waybill.boot();
    await expect(areBack(times)).resolves.toBeUndefined();
    await eventually(() => waybill.output().includes('Restored the sessions'));
    const { status, nextAttemptAt } = (await waybill.call(`GET /v1/sessions/${banned.id}`, { key: user.key })).body;
    expect([status, nextAttemptAt]).toEqual(['reconnecting', before.nextAttemptAt]);
    expect((await waybill.sandbox.phone(banned.phone.number)).devices).toMatchObject([{ connected: false }]);
    await waybill.call(`POST /v1/sessions/${banned.id}/restart`, { key: user.key });
    await waybill.until(user, banned.id, { status: 'connected' });
  }, 300_000);

  it('are deleted for good, even if the service is killed right after', async () => {
    const gone = await waybill.link(user);
    await waybill.call(`DELETE /v1/sessions/${gone.id}`, { key: user.key });
    await waybill.kill();
    await waybill.boot();
    expect((await waybill.call(`GET /v1/sessions/${gone.id}`, { key: user.key })).status).toBe(404);
    const devices = async () => (await waybill.sandbox.phone(gone.phone.number)).devices;
    await eventually(async () => (await devices()).length === 0);
  }, 300_000);
});
