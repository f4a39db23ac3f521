import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../support/eventually.js';
import { EventStoreDbServer } from '../support/eventstoredb-server/index.js';
import { MessagesClient } from '../support/messages-client.js';
import { startService } from '../support/service.js';
import { Waybill } from '../support/waybill.js';

let server: EventStoreDbServer;
let waybill: Waybill;
let eventStoreUrl: string;

beforeAll(async () => {
  server = await EventStoreDbServer.start();
  eventStoreUrl = server.url.replace('esdb:', 'kurrentdb:');
  waybill = await Waybill.start({ EVENTSTORE_URL: eventStoreUrl });
}, 240_000);

afterAll(async () => {
  await waybill.end();
  await server.stop();
});

const isReady = async (): Promise<boolean> => (await waybill.call('GET /health/ready')).status === 200;

it('the service keeps its log on EventStoreDB: sends, receives, restarts, and builds its views again', async () => {
  const client = await MessagesClient.link(waybill);
  const friend = await waybill.sandbox.newPhone();
  const sent = await client.send(friend, 'Your parcel is here.');
  await client.until(sent, 'delivered');
  const reply = { to: client.session.phone.number, type: 'text', text: 'Thank you!' };
  await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, reply);
  const received = async () =>
    (await client.call('GET /v1/messages?direction=incoming')).body.data as readonly { readonly id: string }[];
  await eventually(async () => (await received()).length === 1);
  const incoming = await received();
  expect(server.log.headOf(`message-${sent}`)).toBeGreaterThanOrEqual(3);
  expect(await readdir(waybill.dataDirectory)).not.toContain('events.db');

  expect(await waybill.shutDown()).toBe(0);
  await server.stop();
  await waybill.deleteViews();
  const booted = waybill.boot();
  await eventually(() => waybill.output().includes('waits for the server of EVENTSTORE_URL'), 60_000);
  await server.listen();
  await booted;
  expect(await received()).toEqual(incoming);
  await waybill.until(client.session.user, client.session.id, { status: 'connected' });

  await server.stop();
  await eventually(async () => !(await isReady()));
  const text = { to: `+${friend.number}`, type: 'text', text: { body: 'And another one.' } };
  const sendAgain = () => client.post({ ...text, sessionId: client.session.id }, { 'idempotency-key': 'another' });
  const refused = await sendAgain();
  expect(refused).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  const waiting = sendAgain();
  await server.listen();
  const accepted = await waiting;
  expect(accepted.status).toBe(202);
  await client.until((accepted.body as { readonly id: string }).id, 'delivered');
  await eventually(isReady);
  const texts = (await waybill.sandbox.messages<{ readonly text?: string }>(friend.number)).map(({ text }) => text);
  expect(texts.filter((text) => text !== 'Thank you!')).toEqual(['Your parcel is here.', 'And another one.']);
}, 300_000);

it('a place of another log is refused to whoever goes on from there', async () => {
  const user = await waybill.newUser();
  const admin = await waybill.admin('GET /v1/admin/events?limit=1');
  const { position } = admin.body as { readonly position: number };
  const unknown = { status: 409, body: { code: 'cursor_unknown' } };
  const headers = { 'x-api-key': user.key };
  const place = position + 1;
  expect(await waybill.call('GET /v1/events', { headers: { ...headers, 'last-event-id': `${place}` } })).toMatchObject(
    unknown,
  );
  expect(await waybill.call(`GET /v1/events?after=${place}.0&chat=%2B491700000000`, { headers })).toMatchObject(
    unknown,
  );
  expect(await waybill.admin(`GET /v1/admin/events?after=${place}`)).toMatchObject(unknown);
  expect(await waybill.admin(`GET /v1/admin/events/export?after=${place}`)).toMatchObject(unknown);
  expect((await waybill.admin(`GET /v1/admin/events?after=${position}`)).status).toBe(200);
});

it('a backup holds everything but the log, and says so', async () => {
  const target = join(waybill.dataDirectory, 'backup');
  const env = {
    PATH: process.env['PATH'],
    WAYBILL_DATA_DIR: waybill.dataDirectory,
    EVENTSTORE_URL: eventStoreUrl,
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['dist/app/operator.js', 'backup', target], { env });
  expect(stdout).toContain('back up the server of EVENTSTORE_URL now');
  expect((await readdir(target)).sort()).toEqual([
    'backup.json',
    'credentials.db',
    'requests.db',
    'sagas.db',
    'secrets.db',
  ]);
});

it('a start that is refused for another reason ends in order', async () => {
  const refused = startService({
    WAYBILL_DATA_DIR: join(waybill.dataDirectory, 'weak'),
    WAYBILL_ADMIN_PASSWORD: 'password1',
    EVENTSTORE_URL: eventStoreUrl,
    EVENTSTORE_NAMESPACE: 'weak.',
  });
  expect(await refused.ended()).toBe(1);
  expect(refused.output()).toMatch(/WAYBILL_ADMIN_PASSWORD: This password is easy to guess/);
});

it.each([
  ['http://me:hunter2@127.0.0.1:2113', /EVENTSTORE_URL: It must start with esdb:\/\//],
  ['kurrentdb://me:hunter2@127.0.0.1:1?tls=maybe', /EVENTSTORE_URL: .*true or false/],
  ['kurrentdb://me:hunter2@127.0.0.1:1?tlsCAFile=none.pem', /EVENTSTORE_URL: .*file was not found/i],
])('the service does not start with %s, and says why', async (url, sentence) => {
  const refused = startService({ WAYBILL_DATA_DIR: join(waybill.dataDirectory, 'none'), EVENTSTORE_URL: url });
  expect(await refused.ended()).toBe(1);
  expect(refused.output()).toMatch(sentence);
  expect(refused.output()).not.toMatch(/at .*\.js|hunter2/);
});
