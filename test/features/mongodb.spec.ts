import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openMongo } from '#lib/mongo';
import { removeMongoViews } from '#lib/read-models/mongo';
import { eventually } from '../support/eventually.js';
import { EventStoreDbServer } from '../support/eventstoredb-server/index.js';
import { MongoServer } from '../support/mongodb-server/server.js';
import { MessagesClient } from '../support/messages-client.js';
import { startService } from '../support/service.js';
import { Waybill } from '../support/waybill.js';

const credentials = { name: 'waybill', password: 'hunter2' };
let log: EventStoreDbServer;
let server: MongoServer;
let waybill: Waybill;
const fast = '&serverSelectionTimeoutMS=1500';

beforeAll(async () => {
  [log, server] = [await EventStoreDbServer.start(), await MongoServer.start({ credentials })];
  waybill = await Waybill.start({
    EVENTSTORE_URL: log.url.replace('esdb:', 'kurrentdb:'),
    MONGODB_URI: `${server.uri()}${fast}`,
  });
}, 240_000);

afterAll(async () => {
  await waybill.end();
  await server.stop();
  await log.stop();
});

/** Stops the server; returns what starts it again. */
const stopServer = async (): Promise<() => Promise<void>> => {
  const { port, storage } = server;
  await server.stop();
  return async () => {
    server = await MongoServer.start({ credentials, port, storage });
  };
};
const isReady = async (): Promise<boolean> => (await waybill.call('GET /health/ready')).status === 200;

it('the service keeps its views in MongoDB beside a log on EventStoreDB: lists, searches, restarts, builds them again', async () => {
  const client = await MessagesClient.link(waybill);
  const friend = await waybill.sandbox.newPhone();
  const sent = await client.send(friend, 'Your parcel is here.');
  await client.until(sent, 'delivered');
  const found = async (query: string) =>
    (await client.call(`GET /v1/messages?${query}`)).body.data as readonly { readonly id: string }[];
  const all = await found('limit=100');
  expect(all.map(({ id }) => id)).toContain(sent);
  expect((await found('q=parc')).map(({ id }) => id)).toEqual([sent]);
  expect(await found('q=letter')).toEqual([]);
  expect(await readdir(waybill.dataDirectory)).not.toEqual(expect.arrayContaining(['views.db', 'events.db']));

  expect(await waybill.shutDown()).toBe(0);
  const mongo = await openMongo(server.uri());
  await removeMongoViews(mongo);
  await mongo.close();
  let startServer = await stopServer();
  const booted = waybill.boot();
  await eventually(() => waybill.output().includes('waits for the server of MONGODB_URI'), 60_000);
  await startServer();
  await booted;
  expect(await found('limit=100')).toEqual(all);
  await waybill.until(client.session.user, client.session.id, { status: 'connected' });

  startServer = await stopServer();
  await eventually(async () => !(await isReady()));
  const down = await waybill.call('GET /health/ready');
  expect(down.body.parts.readModels).toMatchObject({ status: 'down', detail: expect.stringMatching(/MongoDB/) });
  const refused = await client.call('GET /v1/messages');
  expect(refused.status).toBe(503);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  const text = { to: `+${friend.number}`, type: 'text', text: { body: 'And another one.' } };
  const send = () => client.post({ ...text, sessionId: client.session.id }, { 'idempotency-key': 'another' });
  expect(await send()).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
  await startServer();
  await eventually(isReady);
  const { status, body } = await send();
  expect(status).toBe(202);
  await client.until((body as { readonly id: string }).id, 'delivered');
  expect(await found('q=another')).toHaveLength(1);
  expect(waybill.output()).not.toContain(credentials.password);
}, 300_000);

it('the service does not start on the database of another log', async () => {
  const uri = server.uri('others');
  const mongo = await openMongo(uri);
  await mongo.notes.put('first-event', 'file of another log');
  await mongo.close();
  const directory = join(waybill.dataDirectory, 'other');
  const refused = startService({ WAYBILL_DATA_DIR: directory, MONGODB_URI: uri });
  expect(await refused.ended()).toBe(1);
  expect(refused.output()).toMatch(/missing or empty, but its views \(the database of MONGODB_URI\) are there/);
});

it.each([
  ['mysql://me:hunter2@127.0.0.1', /MONGODB_URI: It must look like mongodb:\/\//],
  ['mongodb://me:hunter2@127.0.0.1:1/?tls=maybe', /MONGODB_URI: .*tls/],
])('the service does not start with %s, and says why', async (uri, sentence) => {
  const refused = startService({ WAYBILL_DATA_DIR: join(waybill.dataDirectory, 'none'), MONGODB_URI: uri });
  expect(await refused.ended()).toBe(1);
  expect(refused.output()).toMatch(sentence);
  expect(refused.output()).not.toMatch(/at .*\.js|hunter2/);
});

it('the service does not start with a wrong password, and says so', async () => {
  const refused = startService({
    WAYBILL_DATA_DIR: join(waybill.dataDirectory, 'none'),
    MONGODB_URI: server.uri().replace(credentials.password, 'wrong'),
  });
  expect(await refused.ended()).toBe(1);
  expect(refused.output()).toMatch(/MongoDB: It refuses the user name or password/);
});
