import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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

describe('after an orderly restart of the service', () => {
  let banned: LinkedSession;
  let nextAttemptAt: string;
  let before: readonly string[];

  beforeAll(async () => {
    banned = await waybill.link(user);
    await waybill.sandbox.fault({ kind: 'stream-error', code: 402, number: banned.phone.number });
    const wanted = { status: 'reconnecting', reconnectAttempt: 1 };
    ({ nextAttemptAt } = await waybill.until(user, banned.id, wanted));
    before = await connectionTimes();
    expect(await waybill.shutDown()).toBe(0);
    await waybill.boot();
  }, 300_000);

  it('sessions are connected again, without a QR', async () => {
    await expect(areBack(before)).resolves.toBeUndefined();
    await waybill.call(`POST /v1/sessions/${resting.id}/restart`, { key: user.key });
    await waybill.until(user, resting.id, { status: 'connected' });
    await waybill.call(`POST /v1/sessions/${resting.id}/stop`, { key: user.key });
  }, 300_000);

  it('sessions are not connected while their account is banned', async () => {
    await eventually(() => waybill.output().includes('Restored the sessions'));
    const session = (await waybill.call(`GET /v1/sessions/${banned.id}`, { key: user.key })).body;
    expect(session).toMatchObject({ status: 'reconnecting', nextAttemptAt });
    expect((await waybill.sandbox.phone(banned.phone.number)).devices).toMatchObject([{ connected: false }]);
    await waybill.call(`POST /v1/sessions/${banned.id}/restart`, { key: user.key });
    await waybill.until(user, banned.id, { status: 'connected' });
  }, 300_000);
});

describe('after the service was killed, again and again', () => {
  let killed: {
    readonly before: readonly string[];
    readonly loggedOut: LinkedSession;
    readonly deleted: LinkedSession;
  };

  const devicesOf = async ({ phone }: LinkedSession) => (await waybill.sandbox.phone(phone.number)).devices;

  beforeEach(async () => {
    const [loggedOut, deleted] = [await waybill.link(user), await waybill.link(user)];
    killed = { before: await connectionTimes(), loggedOut, deleted };
    const logOut = async () => {
      await waybill.call(`POST /v1/sessions/${loggedOut.id}/logout`, { key: user.key });
      await waybill.call(`POST /v1/sessions/${loggedOut.id}/restart`, { key: user.key });
    };
    await Promise.all([logOut(), waybill.call(`DELETE /v1/sessions/${deleted.id}`, { key: user.key })]);
    await waybill.kill();
    await waybill.boot();
  }, 300_000);

  it.each([1, 2])(
    'sessions are connected again, but not those that were logged out or deleted right before: kill %i',
    async () => {
      const { before, loggedOut, deleted } = killed;
      await expect(areBack(before)).resolves.toBeUndefined();
      await waybill.qr(user, loggedOut.id); // although it was restarted after the logout
      await waybill.until(user, loggedOut.id, { status: 'awaiting_scan', linked: false, phoneNumber: null });
      expect((await waybill.call(`GET /v1/sessions/${deleted.id}`, { key: user.key })).status).toBe(404);
      for (const gone of [loggedOut, deleted])
        await eventually(async () => (await devicesOf(gone)).length === 0, 60_000);
      await waybill.call(`DELETE /v1/sessions/${loggedOut.id}`, { key: user.key });
    },
    300_000,
  );
});
