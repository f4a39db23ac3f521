import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandBus } from '../../src/platform/bus/command-bus.js';
import { CommandContext } from '../../src/platform/command-context.js';
import { groupIdOf, recordGroup } from '../../src/groups/recorder.js';
import type { Group } from '#lib/whatsapp';
import { eventually } from '../support/eventually.js';
import { holdViews, type HeldViews } from '../support/held-views.js';
import { startHttp, type Answer, type HttpService } from '../support/http.js';
import { freeClock, passSeconds } from '../support/http-time.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

/** Nothing listens there: sessions stay as they were linked. */
const variables = { WAYBILL_WHATSAPP: 'sandbox', WAYBILL_SANDBOX_URL: 'ws://127.0.0.1:9' };
const account = { phoneNumber: '+491701234567', jid: '1', lid: null, pushName: null, platform: null };

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;
let views: HeldViews;
let token: string;
let user: { readonly id: string };
let key: { readonly id: string; readonly secret: string };
let session: Answer;
let queued: Answer;
let scheduled: Answer;
let groupId: string;

const admin = (route: string, body?: unknown) => service.call(route, { token, body });
const ask = (route: string) => service.call(route, { key: key.secret });
const send = (text: string, more: object = {}) =>
  service.call('POST /v1/messages', {
    key: key.secret,
    body: { to: '+49 170 7654321', type: 'text', text: { body: text }, ...more },
    headers: { 'idempotency-key': text },
  });
const createSession = () =>
  service.call('POST /v1/sessions', { key: key.secret, headers: { 'idempotency-key': 'session' } });
const scheduledAt = new Date(Date.now() + 60_000).toISOString();

const group: Group = {
  jid: '120363000000000001@g.us',
  subject: 'Orders',
  description: null,
  settings: { announce: false, locked: false, approval: false, ephemeralSeconds: 0 },
  createdAt: null,
  createdBy: null,
  participants: [{ jid: '1', phoneNumber: '+491707654321', lid: null, role: 'member' }],
};

/** Everything that there is was created before this start; the views have nothing of it. */
beforeAll(async () => {
  directory = await temporaryDirectory();
  service = await startHttp(directory.path, { variables });
  token = await service.logIn();
  user = (await admin('POST /v1/admin/users', { name: 'Shop', email: 'shop@example.com' })).body;
  key = (await admin(`POST /v1/admin/users/${user.id}/api-keys`, { name: 'server' })).body;
  session = await createSession();
  const paired = { sessionId: session.body.id, account, start: null, at: new Date().toISOString() };
  const command = { type: 'RecordSessionPaired', data: paired };
  const context = CommandContext.new({ kind: 'system', id: 'test' });
  await service.app.get(CommandBus).execute(command, context);
  const place = { sessionId: session.body.id as string, userId: user.id, account: account.phoneNumber };
  groupId = groupIdOf(place, group.jid);
  await service.app.get(CommandBus).execute(recordGroup(place, group, null), context);
  queued = await send('queued');
  scheduled = await send('scheduled', { scheduledAt });
  expect([queued.status, scheduled.status]).toEqual([202, 202]);
  await service.app.close();
  for (const suffix of ['', '-wal', '-shm']) await rm(join(directory.path, `views.db${suffix}`), { force: true });
  const modelsOf = (models: Parameters<typeof holdViews>[0]) => (views = holdViews(models)).models;
  service = await startHttp(directory.path, { variables, modelsOf });
  token = await service.logIn();
});

afterAll(async () => {
  freeClock();
  views.release();
  await service.app.close();
  await directory.remove();
});

describe('while the views are made anew', () => {
  it('what was accepted is found', async () => {
    const message = await ask(`GET /v1/messages/${queued.body.id}`);
    expect(message.body).toMatchObject({ id: queued.body.id, status: 'queued', text: { body: 'queued' } });
    expect((await admin(`GET /v1/admin/messages/${queued.body.id}`)).body).toMatchObject({ userId: user.id });
    expect((await ask(`GET /v1/sessions/${session.body.id}`)).body).toMatchObject({ linked: true });
    expect((await admin(`GET /v1/admin/users/${user.id}`)).body).toEqual(user);
    expect((await admin('GET /v1/admin/me')).status).toBe(200);
  });

  it('lists are not answered', async () => {
    const lists = ['users', 'sessions', 'messages', 'admins', `users/${user.id}/api-keys`];
    const answers = await Promise.all([
      ...lists.map((list) => admin(`GET /v1/admin/${list}`)),
      ask('GET /v1/sessions'),
      ask('GET /v1/messages?q=queued'),
    ]);
    for (const { status, body, headers } of answers) {
      expect([status, body.code, Number(headers['retry-after'])]).toEqual([503, 'not_ready', expect.any(Number)]);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    }
  });

  it('a message is canceled', async () => {
    const canceled = await ask(`POST /v1/messages/${queued.body.id}/cancel`);
    expect([canceled.status, canceled.body.status]).toEqual([200, 'canceled']);
  });

  it('a repeated request gets the first answer, whatever the time and what has become of it', async () => {
    passSeconds(120);
    const again = await send('scheduled', { scheduledAt });
    expect([again.status, again.text, again.headers['idempotent-replayed']]).toEqual([202, scheduled.text, 'true']);
    expect((await send('queued')).text).toBe(queued.text);
    expect((await createSession()).text).toBe(session.text);
    freeClock();
  });

  it('what was never there is not found, nor what is another user’s', async () => {
    expect((await ask('GET /v1/messages/0199a3c4-1f00-7000-8000-0000000000d1')).body.code).toBe('message_not_found');
    const other = (await admin('POST /v1/admin/users', { name: 'Other', email: 'other@example.com' })).body;
    const theirs = (await admin(`POST /v1/admin/users/${other.id}/api-keys`, { name: 'k' })).body.secret;
    const answer = await service.call(`GET /v1/messages/${queued.body.id}`, { key: theirs });
    expect(answer.body.code).toBe('message_not_found');
  });

  it('a list whose view is behind is not answered although others are', async () => {
    views.release(['messages', 'chats']);
    await eventually(async () => (await ask('GET /v1/sessions')).status === 200);
    expect((await ask('GET /v1/messages')).body.code).toBe('not_ready');
    expect((await service.call('GET /health/ready')).status).toBe(503);
  });

  it('what names people is not answered while their names may be missing', async () => {
    views.release(['chats']);
    await eventually(async () => (await ask('GET /v1/groups')).status === 200);
    const routes = ['GET /v1/messages', 'GET /v1/chats', `GET /v1/groups/${groupId}`];
    const answers = await Promise.all(routes.map(ask));
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(routes.map(() => [503, 'not_ready']));
    views.release();
    await eventually(async () => (await ask(`GET /v1/groups/${groupId}`)).status === 200);
  });

  it('lists are answered as soon as they lack nothing', async () => {
    views.release();
    await eventually(async () => (await ask('GET /v1/messages')).status === 200);
    const { data } = (await ask('GET /v1/messages')).body;
    expect((data as readonly { readonly id: string }[]).map(({ id }) => id)).toEqual([
      scheduled.body.id,
      queued.body.id,
    ]);
  });
});
