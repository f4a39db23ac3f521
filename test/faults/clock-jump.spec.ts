import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient, shownTexts } from '../support/messages-client.js';
import { ServiceClock } from '../support/service-clock.js';
import { Waybill } from '../support/waybill.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
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

/** Sets the wall clock. What an admin logged in with before may have expired by it. */
const setClock = async (to: number): Promise<void> => {
  await clock.shift(to - Date.now());
  await eventually(async () => {
    await waybill.logIn();
    return (await waybill.admin('GET /v1/admin/me')).status === 200;
  });
};

/** How long a user waited, from the first request of a minute that was used up, until another one was answered. */
let usedUpForMs: Promise<number>;

it('a minute of requests that is used up stays so, whatever the wall clock says', async () => {
  const now = clock.now();
  const { key } = await waybill.newUser({ requestsPerMinute: 10 });
  const ask = () => waybill.call('GET /v1/limits', { key });
  const begunAt = performance.now();
  for (let n = 0; n < 10; n += 1) expect((await ask()).status).toBe(200);
  for (const to of [now, now - hourMs, now + dayMs]) {
    await setClock(to);
    const { status, headers } = await ask();
    expect(status).toBe(429);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
  }
  // It passes while the next tests go on with the clock.
  usedUpForMs = eventually(async () => (await ask()).status === 200, 90_000).then(() => performance.now() - begunAt);
  usedUpForMs.catch(() => undefined); // the last test tells
}, 60_000);

it('a line that is dead while the wall clock is set back by an hour is noticed as soon as otherwise, and messages leave once', async () => {
  await setClock(Date.now());
  const client = await MessagesClient.link(waybill);
  const { id, user, phone } = client.session;
  const friend = await waybill.sandbox.newPhone();
  await client.until(await client.send(friend, 'before'), 'delivered');
  await waybill.sandbox.fault({ kind: 'freeze', number: phone.number });
  await clock.shift(-hourMs);
  const waiting = await client.send(friend, 'anybody?');
  await waybill.until(user, id, { status: 'reconnecting' }, noticedWithinMs);
  await waybill.until(user, id, { status: 'connected' });
  const found = await client.until(waiting, 'sent');
  expect(found.timeline.map(({ event }) => event).slice(0, 3)).toEqual(['queued', 'held', 'sent']);
  const { timeline } = await client.until(await client.send(friend, 'in the past'), 'delivered');
  expect(shownTexts(await waybill.sandbox.messages(friend.number))).toEqual(['before', 'anybody?', 'in the past']);
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

/** A day on which nothing has happened before: each call answers its noon (UTC). */
let days = 3;
const newNoon = (): number => {
  days += 10;
  return Math.floor(Date.now() / dayMs) * dayMs + days * dayMs + 12 * hourMs;
};

const text = (to: string) => ({ to, type: 'text', text: { body: 'hello' } });

it('a day has its quota and no more, also when the wall clock comes back to it', async () => {
  const noon = newNoon();
  await setClock(noon);
  const client = await MessagesClient.link(waybill, await waybill.newUser({ maxMessagesPerDay: 3 }));
  const to = `+${(await waybill.sandbox.newPhone()).number}`;
  const post = async (): Promise<unknown> => {
    const { status, headers, body } = await client.post(text(to));
    return status === 202 ? Number(headers['x-quota-remaining']) : body.code;
  };
  const usedUp = 'daily_quota_exceeded';
  expect([await post(), await post()]).toEqual([2, 1]);
  await setClock(noon - hourMs);
  expect([await post(), await post()]).toEqual([0, usedUp]);
  await setClock(noon + dayMs);
  expect([await post(), await post(), await post(), await post()]).toEqual([2, 1, 0, usedUp]);
  await setClock(noon);
  expect(await post()).toBe(usedUp);
}, 120_000);

it('a pause between messages is as long as otherwise, and a new day begins when it does', async () => {
  const noon = newNoon();
  await setClock(noon);
  const client = await MessagesClient.link(waybill);
  const path = `/v1/sessions/${client.session.id}`;
  const pace = (pacing: object) => client.call(`PATCH ${path}`, { body: { settings: { pacing } } });
  const held = (id: string) =>
    eventually(async () => (await client.get(id)).timeline.find(({ event }) => event === 'held') ?? false);
  const stranger = () => waybill.sandbox.newPhone();

  await pace({ enabled: true, warmUp: false, jitter: 0, messagesPerMinute: 20, newContactPauseSeconds: 0 });
  for (const by of [-hourMs, dayMs]) {
    await client.until(await client.send(await stranger(), 'first'), 'sent');
    const second = await client.send(await stranger(), 'second');
    await held(second);
    await setClock(noon + by);
    await client.until(second, 'sent', 15_000);
  }

  await setClock(noon + 2 * dayMs);
  await pace({
    enabled: true,
    warmUp: false,
    messagesPerMinute: 6000,
    newContactPauseSeconds: 0,
    newContactsPerDay: 1,
  });
  await client.until(await client.send(await stranger(), 'one'), 'sent');
  const two = await client.send(await stranger(), 'two');
  expect((await held(two)).until).toBe(new Date(noon + 2.5 * dayMs).toISOString());
  await setClock(noon + 2 * dayMs - hourMs);
  await client.until(await client.send(client.session.phone, 'to myself'), 'sent');
  expect((await client.get(two)).status).toBe('queued');
  await setClock(noon + 3 * dayMs);
  await client.until(two, 'sent');
}, 240_000);

it('jobs run at the times of the new clock, once each', async () => {
  const noon = newNoon();
  const job = async () => (await waybill.admin('GET /v1/admin/jobs/expired-secrets')).body;
  const ranAfter = (at: number) =>
    eventually(async () => {
      const { lastRun } = await job();
      return lastRun?.outcome === 'succeeded' && Math.abs(Date.parse(lastRun.startedAt) - at) < 60_000 && lastRun;
    });
  for (const to of [noon, noon + dayMs]) {
    await setClock(to);
    // What was jumped over. A minute after the start, what was missed is looked for, too, and may be the first to find it.
    expect((await ranAfter(to)).by.id).toMatch(/^(schedule|catch-up)$/);
  }
  await setClock(noon - hourMs);
  const untilNext = Date.parse((await job()).nextRunAt) - clock.now();
  expect(untilNext).toBeGreaterThan(0);
  expect(untilNext).toBeLessThanOrEqual(600_000);
  expect((await waybill.admin('POST /v1/admin/jobs/expired-secrets/run')).status).toBe(202);
  await ranAfter(noon - hourMs);
  // Ten seconds before its time, as the clock says now.
  await setClock(noon - hourMs + untilNext - 10_000);
  await ranAfter(noon - hourMs + untilNext);
}, 120_000);

it.each([
  // 25 hours: what was sent at its beginning counts until its end.
  ['Pacific/Auckland', '2027-04-03T11:15:00.000Z', '2027-04-04T11:30:00.000Z', '2027-04-04T12:00:00.000Z'],
  // 23 hours: the next one begins an hour earlier.
  ['Europe/Berlin', '2027-03-27T23:15:00.000Z', '2027-03-28T21:45:00.000Z', '2027-03-28T22:00:00.000Z'],
])(
  'a day on which clocks change is one of its user in %s',
  async (timeZone, begin, late, end) => {
    await setClock(Date.parse(begin));
    const user = await waybill.newUser({ maxMessagesPerDay: 2 });
    expect((await waybill.admin(`PATCH /v1/admin/users/${user.id}`, { body: { timeZone } })).status).toBe(200);
    const client = await MessagesClient.link(waybill, user);
    const pacing = {
      enabled: true,
      warmUp: false,
      messagesPerMinute: 6000,
      newContactPauseSeconds: 0,
      newContactsPerDay: 1,
    };
    await client.call(`PATCH /v1/sessions/${client.session.id}`, { body: { settings: { pacing } } });
    const stranger = async () => text(`+${(await waybill.sandbox.newPhone()).number}`);
    const first = await client.post(await stranger());
    expect(first.status).toBe(202);
    const toGo = (Date.parse(end) - Date.parse(begin)) / 1000 - Number(first.headers['x-quota-reset']);
    expect(toGo).toBeGreaterThanOrEqual(0);
    expect(toGo).toBeLessThan(60);
    await client.until((first.body as { readonly id: string }).id, 'sent');

    await setClock(Date.parse(late));
    const second = await client.post(await stranger());
    expect([second.status, second.headers['x-quota-remaining']]).toEqual([202, '0']);
    const { id } = second.body as { readonly id: string };
    const held = await eventually(
      async () => (await client.get(id)).timeline.find(({ event }) => event === 'held') ?? false,
    );
    expect(held).toMatchObject({ until: end, detail: expect.stringContaining(`on a day (${timeZone})`) });
    expect((await client.post(await stranger())).body).toMatchObject({ code: 'daily_quota_exceeded' });

    await setClock(Date.parse(end) + 1000);
    await client.until(id, 'sent');
    expect((await client.post(await stranger())).headers['x-quota-remaining']).toBe('1');
  },
  120_000,
);

it('a minute of requests passes in a minute, whatever the wall clock says', async () => {
  expect(await usedUpForMs).toBeGreaterThan(55_000);
}, 120_000);
