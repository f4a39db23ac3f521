import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { Waybill, type LinkedSession } from '../support/waybill.js';

type StoredEvent = { readonly type: string };

let waybill: Waybill;

beforeAll(async () => {
  waybill = await Waybill.start();
}, 240_000);

afterAll(() => waybill.end());

/** What happened to a session, oldest first. */
const eventsOf = async ({ id }: LinkedSession): Promise<readonly string[]> => {
  const { body } = await waybill.admin(`GET /v1/admin/streams/session-${id}?limit=100`);
  return (body as { readonly data: readonly StoredEvent[] }).data.map(({ type }) => type);
};

it('deleting the views changes nothing but the time until they are back', async () => {
  const user = await waybill.newUser();
  const connected = await MessagesClient.link(waybill, user);
  const stopped = await MessagesClient.link(waybill, user);
  const friend = await waybill.sandbox.newPhone();
  const restart = `POST /v1/sessions/${connected.session.id}/restart`;
  expect((await connected.call(restart)).status).toBe(202); // an event that would restart the session if it were handled again
  await waybill.until(user, connected.session.id, { status: 'connected' });
  expect((await stopped.call(`POST /v1/sessions/${stopped.session.id}/stop`)).status).toBe(202);
  const texts = ['first', 'second', 'third'];
  for (const body of texts) {
    const message = { to: friend.number, type: 'text', text: { body }, sessionId: stopped.session.id };
    expect((await stopped.post(message)).status).toBe(202);
  }
  const queued = async (): Promise<number | undefined> =>
    ((await waybill.admin('GET /v1/admin/messages?status=queued')).body as { readonly data?: readonly unknown[] }).data
      ?.length;
  const allQueued = () => eventually(async () => (await queued()) === texts.length);
  await allQueued();
  const before = { connected: await eventsOf(connected.session), stopped: await eventsOf(stopped.session) };

  expect(await waybill.shutDown()).toBe(0);
  await waybill.deleteViews();
  await waybill.boot();

  await waybill.until(user, connected.session.id, { status: 'connected' });
  await waybill.until(user, stopped.session.id, { status: 'stopped' });
  await allQueued();
  const after = { connected: await eventsOf(connected.session), stopped: await eventsOf(stopped.session) };
  expect(after.stopped).toEqual(before.stopped);
  // The connection of the former process is over, and there is a new one: as after any restart.
  expect(after.connected).toEqual([...before.connected, 'SessionDisconnected', 'SessionConnected']);

  expect((await stopped.call(`POST /v1/sessions/${stopped.session.id}/restart`)).status).toBe(202);
  await eventually(async () => (await queued()) === 0, 60_000);
  const received = (await waybill.sandbox.messages<{ readonly text?: string }>(friend.number)).map(({ text }) => text);
  expect(received).toEqual(texts);
}, 300_000);
