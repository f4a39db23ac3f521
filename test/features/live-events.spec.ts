import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStreamClient } from '../support/event-stream.js';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { asking, askAndReset } from '../support/resetting-client.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: Waybill;
let client: MessagesClient;
let friend: SandboxPhone;

beforeAll(async () => {
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
}, 240_000);

afterAll(() => waybill.end());

const open = (query = '', headers: Record<string, string> = { 'x-api-key': client.session.user.key }) =>
  EventStreamClient.open(`${waybill.url}/v1/events${query}`, headers);
const write = (text: string): Promise<unknown> =>
  waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, {
    to: client.session.phone.number,
    type: 'text',
    text: { body: text },
  });
type IssuedKey = { readonly id: string; readonly secret: string };
const newKey = async (userId: string, more: object = {}): Promise<IssuedKey> =>
  (await waybill.admin(`POST /v1/admin/users/${userId}/api-keys`, { body: { name: 'live', ...more } }))
    .body as IssuedKey;
const refusalOf = async (opening: Promise<EventStreamClient>): Promise<string> => {
  const problem = await opening.then(
    () => 'none',
    (error: Error) => error.message,
  );
  return /"code":"(\w+)"/.exec(problem)?.[1] ?? problem;
};

describe('the stream of events', () => {
  it('tells what happens from now on, with the message as it was then and its session', async () => {
    const stream = await open();
    expect(stream.header('content-type')).toBe('text/event-stream');
    expect(stream.header('cache-control')).toBe('no-store');
    const id = await client.send(friend, 'Hello');
    await client.until(id, 'delivered');
    await stream.until('message.delivered', ({ data }) => data.id === id);
    const own = stream.events.filter(({ data }) => data.id === id);
    expect(own.map(({ type, data }) => [type, data.status])).toEqual([
      ['message.queued', 'queued'],
      ['message.sent', 'sent'],
      ['message.delivered', 'delivered'],
    ]);
    expect(own[0]).toMatchObject({
      id: expect.stringMatching(/^evt_/),
      userId: client.session.user.id,
      sessionId: client.session.id,
      session: { id: client.session.id, phoneNumber: `+${client.session.phone.number}` },
      data: { text: { body: 'Hello' }, chat: expect.any(String), chatId: expect.any(String) },
    });
    await write('Hi there');
    const received = await stream.until('message.received');
    const shown = (await client.call(`GET /v1/messages/${received.data.id}`)).body;
    expect({ ...received.data, timeline: shown.timeline }).toEqual(shown);
    stream.cut();
  });

  it('goes on after the last event, however long ago, and by either way of saying so', async () => {
    const first = await open();
    const id = await client.send(friend, 'before');
    await first.until('message.queued', ({ data }) => data.id === id);
    first.cut();
    await client.until(id, 'delivered');
    const key = { 'x-api-key': client.session.user.key };
    const byHeader = await open('?after=1', { ...key, 'last-event-id': first.lastId! });
    const byQuery = await open(`?after=${first.lastId}`);
    const seen = first.events.map((event) => event.id);
    for (const stream of [byHeader, byQuery]) {
      await stream.until('message.delivered', ({ data }) => data.id === id);
      expect(stream.events.filter((event) => seen.includes(event.id))).toEqual([]);
      stream.cut();
    }
    const all = await open('?after=0');
    await all.until('message.delivered', ({ data }) => data.id === id);
    expect(all.types().slice(0, 1)).toEqual(['session.initialized']);
    expect(all.types()).not.toContain('session.qr');
    all.cut();
  });

  it('has only what was asked for', async () => {
    const session = await waybill.newSession(client.session.user);
    const streams = await Promise.all([
      open('?types=message.queued,session.*'),
      open(`?sessionId=${session}`),
      open(`?chat=${encodeURIComponent(`+${friend.number}`)}`),
      open('?chat=%2B491700000000'),
    ]);
    const id = await client.send(friend, 'filtered');
    await client.until(id, 'delivered');
    await client.call(`POST /v1/sessions/${session}/stop`);
    const [byType, bySession, byChat, byOther] = streams;
    await byType!.until('session.stopped');
    await bySession!.until('session.stopped');
    await byChat!.until('message.delivered');
    expect(byType!.types().filter((type) => type !== 'session.qr')).toEqual(['message.queued', 'session.stopped']);
    expect(bySession!.events.every(({ sessionId }) => sessionId === session)).toBe(true);
    expect(byChat!.types()).toEqual(['message.queued', 'message.sent', 'message.delivered']);
    expect(byOther!.events).toEqual([]);
    for (const stream of streams) stream.cut();
  });

  it('is refused where it makes no sense', async () => {
    expect(await refusalOf(open('?types=message.sant'))).toBe('validation_failed');
    expect(await refusalOf(open('?after=abc'))).toBe('validation_failed');
    expect(await refusalOf(open('?after=999999999'))).toBe('cursor_ahead');
    const foreign = await waybill.newUser();
    expect(await refusalOf(open(`?sessionId=${client.session.id}`, { 'x-api-key': foreign.key }))).toBe(
      'session_not_found',
    );
    const weak = await waybill.newKey(client.session.user.id, { scopes: ['messages:send'] });
    expect(await refusalOf(open('', { 'x-api-key': weak }))).toBe('permission_missing');
  });

  it('shows nobody what is another user’s, and admins and auditors all', async () => {
    const foreign = await waybill.newUser();
    const theirs = await open('', { 'x-api-key': foreign.key });
    const auditor = { email: 'auditor@example.com', password: 'a long enough one' };
    await waybill.admin('POST /v1/admin/admins', { body: { ...auditor, role: 'auditor' } });
    const login = await waybill.call('POST /v1/admin/auth/login', { body: auditor });
    const stream = (query: string) =>
      EventStreamClient.open(`${waybill.url}/v1/admin/events/stream${query}`, {
        authorization: `Bearer ${(login.body as { readonly accessToken: string }).accessToken}`,
      });
    const [all, ofForeign] = [await stream(''), await stream(`?userId=${foreign.id}`)];
    const id = await client.send(friend, 'for all');
    await all.until('message.delivered', ({ data }) => data.id === id);
    await waybill.newSession(foreign);
    await theirs.until('session.initialized');
    await ofForeign.until('session.initialized');
    for (const one of [theirs, ofForeign]) {
      expect(one.events.filter(({ userId }) => userId !== foreign.id)).toEqual([]);
    }
    for (const one of [theirs, all, ofForeign]) one.cut();
  });

  it('has the QR the moment that there is one, and the present one at the start, for keys that may link', async () => {
    const { user } = client.session;
    const weak = await waybill.newKey(user.id, { scopes: ['events:read'] });
    const [stream, watcher] = [await open('?types=session.qr'), await open('', { 'x-api-key': weak })];
    const session = await waybill.newSession(user);
    const isOfSession = ({ sessionId }: { readonly sessionId: string | null }) => sessionId === session;
    const live = await stream.until('session.qr', isOfSession);
    const shown = await waybill.call(`GET /v1/sessions/${session}/qr`, { key: user.key });
    expect(live.data).toMatchObject({ id: session, status: 'awaiting_scan', ...shown.body });
    const told = await watcher.until('session.qr', isOfSession);
    expect(told.data).not.toHaveProperty('qr');
    const later = await open('?after=0');
    expect((await later.until('session.qr', isOfSession)).data.qr).toBe(live.data.qr);
    for (const one of [stream, watcher, later]) one.cut();
  });
});

describe('HEAD of a stream', () => {
  it.each([
    ['/v1/events', 'text/event-stream'],
    ['/v1/admin/events/stream', 'text/event-stream'],
    ['/v1/admin/events/export', 'application/x-ndjson'],
  ])('has the headers of GET, and ends: %s', async (path, type) => {
    const credentials = `X-Api-Key: ${client.session.user.key}\r\nAuthorization: Bearer ${await waybill.logIn()}\r\n`;
    const ask = (path: string) =>
      asking(waybill.url, `HEAD ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${credentials}\r\n`);
    const answer = await text(await ask(path));
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n.*\r\n\r\n$/s);
    expect(answer).toContain(`\r\ncontent-type: ${type}`);
    expect(await text(await ask(`${path}?after=x`))).toMatch(/^HTTP\/1.1 400 .*\r\n\r\n$/s);
  });
});

describe('a reader', () => {
  it('who may not read any more is cut within two seconds', async () => {
    const user = await waybill.newUser();
    const revoked = await newKey(user.id);
    const { secret: expiring } = await newKey(user.id, { expiresAt: new Date(Date.now() + 4000).toISOString() });
    const session = await waybill.newSession(user);
    const streams = {
      revoked: await open('', { 'x-api-key': revoked.secret }),
      expiring: await open('', { 'x-api-key': expiring }),
      session: await open(`?sessionId=${session}`, { 'x-api-key': user.key }),
      user: await open('', { 'x-api-key': user.key }),
    };
    const end = async (stream: EventStreamClient): Promise<string | undefined> => {
      await eventually(() => stream.isOver);
      return stream.end?.code;
    };
    await waybill.admin(`DELETE /v1/admin/users/${user.id}/api-keys/${revoked.id}`);
    expect(await end(streams.revoked)).toBe('unauthorized');
    await waybill.call(`DELETE /v1/sessions/${session}`, { key: user.key });
    expect(await end(streams.session)).toBe('session_deleted');
    expect(streams.session.types().at(-1)).toBe('session.deleted');
    expect(await end(streams.expiring)).toBe('api_key_expired');
    expect(streams.user.isOver).toBe(false);
    await waybill.admin(`POST /v1/admin/users/${user.id}/deactivate`);
    expect(await end(streams.user)).toBe('user_inactive');
  });

  it('is none who is gone while it is checked, or whose answer waits for another on the same connection', async () => {
    const [key, other] = [await newKey(client.session.user.id), await waybill.newUser()];
    const cuts = (code: string): number =>
      waybill.output().split(`"code":"${code}","msg":"A live reader is cut"`).length - 1;
    const request = (query: string): string =>
      `GET /v1/events${query} HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: ${key.secret}\r\n\r\n`;
    for (let time = 0; time < 20; time += 1) await askAndReset(waybill.url, request('?chat=%2B491700000000'));
    const waiting = await asking(waybill.url, request('') + request(''));
    await once(waiting, 'data');
    const watcher = await open('', { 'x-api-key': key.secret });
    const later = await open('', { 'x-api-key': other.key });
    waiting.resetAndDestroy(); // by now, both its requests have been answered as these were
    const before = { unauthorized: cuts('unauthorized'), inactive: cuts('user_inactive') };
    await waybill.admin(`DELETE /v1/admin/users/${client.session.user.id}/api-keys/${key.id}`);
    await eventually(() => watcher.isOver);
    await waybill.admin(`POST /v1/admin/users/${other.id}/deactivate`);
    await eventually(() => later.isOver && cuts('user_inactive') > before.inactive);
    expect(cuts('unauthorized')).toBe(before.unauthorized + 1); // the watcher
  });

  it('can come with a ticket, once', async () => {
    const { key } = client.session.user;
    const issued = await waybill.call('POST /v1/events/ticket', { key });
    expect([issued.status, issued.body]).toEqual([
      201,
      { ticket: expect.stringMatching(/^wt_/), expiresAt: expect.any(String) },
    ]);
    const { ticket } = issued.body as { readonly ticket: string };
    const stream = await open(`?ticket=${ticket}&types=message.*`, {});
    const id = await client.send(friend, 'by ticket');
    await stream.until('message.delivered', ({ data }) => data.id === id);
    stream.cut();
    expect(await refusalOf(open(`?ticket=${ticket}`, {}))).toBe('unauthorized');
    expect((await waybill.call(`GET /v1/messages?ticket=${ticket}`)).status).toBe(401);
    expect(waybill.output()).not.toContain(ticket);
  });

  it('is told when the service stops, which does not wait for it, and goes on afterwards', async () => {
    const stream = await open();
    expect(await waybill.shutDown()).toBe(0); // and not 1, as where something lasts longer than it has time to stop
    await eventually(() => stream.isOver);
    expect(stream.end?.code).toBe('service_stopping');
    await waybill.boot();
    await eventually(
      async () => (await client.call(`GET /v1/sessions/${client.session.id}`)).body.status === 'connected',
    );
    const resumed = await open('', { 'x-api-key': client.session.user.key, 'last-event-id': stream.lastId! });
    expect((await resumed.until('session.connected')).sessionId).toBe(client.session.id);
    resumed.cut();
  });
});
