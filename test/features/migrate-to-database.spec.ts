import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openMongo } from '#lib/mongo';
import { eventually } from '../support/eventually.js';
import { EventStoreDbServer } from '../support/eventstoredb-server/index.js';
import { MessagesClient, shownTexts } from '../support/messages-client.js';
import { MongoServer } from '../support/mongodb-server/server.js';
import { startService } from '../support/service.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let log: EventStoreDbServer;
let database: MongoServer;
let waybill: Waybill;
let client: MessagesClient;
let friend: SandboxPhone;

beforeAll(async () => {
  [log, database] = [await EventStoreDbServer.start(), await MongoServer.start()];
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
  friend = await waybill.sandbox.newPhone();
}, 240_000);

afterAll(async () => {
  await waybill.end();
  await database.stop();
  await log.stop();
});

const servers = (): NodeJS.ProcessEnv => ({ EVENTSTORE_URL: log.url, MONGODB_URI: database.uri() });
const environment = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  WAYBILL_DATA_DIR: waybill.dataDirectory,
  ...servers(),
});
const command = (to: string): readonly string[] => ['dist/app/operator.js', 'migrate-stores', to];
const migrate = async (to: string, more: NodeJS.ProcessEnv = {}): Promise<string> =>
  (await promisify(execFile)(process.execPath, command(to), { env: { ...environment(), ...more } })).stdout;

/** Ends the command as the power does, in a command of the database, after others of that name. */
const killIn = async (to: string, name: string, { after = 0 } = {}): Promise<void> => {
  let release = database.faults.hold(name);
  const running = spawn(process.execPath, command(to), { env: environment(), stdio: 'ignore' });
  const ended = once(running, 'exit');
  await eventually(() => database.faults.isHolding(name), 60_000);
  for (let passed = 0; passed < after; passed += 1) {
    const next = database.faults.hold(name);
    release();
    release = next;
    await turn(); // it is held no longer
    await eventually(() => database.faults.isHolding(name), 60_000);
  }
  running.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  release();
};

const refusal = async (variables: NodeJS.ProcessEnv): Promise<string> => {
  const { EVENTSTORE_URL: _url, MONGODB_URI: _uri, ...rest } = environment();
  const given = { WAYBILL_WHATSAPP: 'sandbox', WAYBILL_SANDBOX_URL: waybill.sandbox.url };
  const refused = startService({ ...rest, ...given, ...variables });
  expect(await refused.ended()).toBe(1);
  return refused.output();
};

const files = async (): Promise<readonly string[]> =>
  (await readdir(waybill.dataDirectory)).filter((name) => /\.db(\.moved)?$/.test(name)).toSorted();

const works = async (body: string): Promise<void> => {
  await waybill.until(client.session.user, client.session.id, { status: 'connected' });
  await client.until(await client.send(friend, body), 'delivered', 60_000);
};

/** How many the user made, and how many with an id are in their log. */
const requests = async (id = 'none') => {
  const { body: usage } = await client.call('GET /v1/usage');
  const { body: log } = await client.call(`GET /v1/api-log?requestId=${id}`);
  const days = usage.data as readonly { readonly requests: number }[];
  return { made: days.reduce((sum, day) => sum + day.requests, 0), logged: (log.data as readonly object[]).length };
};

it('all stores move to servers and back: sessions stay linked, nothing is lost, and nothing is sent again', async () => {
  await works('one');
  const request = { to: `+${friend.number}`, type: 'text', text: { body: 'two' }, sessionId: client.session.id };
  const two = await client.post(request, { 'idempotency-key': 'two' });
  await client.until(two.body.id, 'delivered');
  const made = (await requests()).made;
  /** The log of requests moves along, and what was counted. */
  const isLogged = async (): Promise<void> => {
    const { made: counted, logged } = await requests(String(two.headers['x-request-id']));
    expect(logged).toBe(1);
    expect(counted).toBeGreaterThan(made);
  };
  await expect(migrate('server')).rejects.toMatchObject({ stderr: expect.stringMatching(/in use by another process/) });
  expect(await waybill.shutDown()).toBe(0);

  await killIn('server', 'insert');
  expect(await refusal(servers())).toMatch(/is a file, but MONGODB_URI is set/);
  const told = await migrate('server');
  expect(told).toMatch(/The log is on the server.*already/);
  expect(told).toMatch(
    /other stores are in the database of MONGODB_URI: \d+ values, all compared, SHA-256 [0-9a-f]{64}/,
  );
  expect(await migrate('server')).toMatch(
    /The log is on the server.*already.*other stores are in the database of MONGODB_URI already/s,
  );
  const moved = ['credentials.db', 'events.db', 'sagas.db', 'secrets.db'].map((name) => `${name}.moved`);
  expect(await files()).toEqual([...moved, 'requests.db.moved'].toSorted());
  expect(await refusal({ EVENTSTORE_URL: log.url })).toMatch(/was moved to a database: set MONGODB_URI/);

  waybill.configure(servers());
  await waybill.boot();
  await works('three');
  await isLogged();
  expect(await client.post(request, { 'idempotency-key': 'two' })).toMatchObject({ body: { id: two.body.id } });
  await expect(migrate('file')).rejects.toMatchObject({ stderr: expect.stringMatching(/in use by another process/) });
  expect(await waybill.shutDown()).toBe(0);

  await killIn('file', 'renameCollection', { after: 1 }); // the first asks what the server takes
  expect(await refusal(servers())).toMatch(/MONGODB_URI is set|being moved/);
  expect(await migrate('file')).toMatch(/The log is in .*all compared/);
  waybill.configure({});
  await waybill.boot();
  await works('four');
  await isLogged();
  expect(await client.post(request, { 'idempotency-key': 'two' })).toMatchObject({ body: { id: two.body.id } });
  expect(shownTexts(await waybill.sandbox.messages(friend.number))).toEqual(['one', 'two', 'three', 'four']);
  expect(await waybill.shutDown()).toBe(0);
}, 500_000);

it('stores are not moved to a database that has others', async () => {
  const uri = database.uri('others');
  const mongo = await openMongo(uri);
  await mongo.db.collection('secrets').insertOne({ kind: 'of another service' });
  await expect(migrate('server', { EVENTSTORE_URL: '', MONGODB_URI: uri })).rejects.toMatchObject({
    stderr: expect.stringMatching(/has stores of a service already/),
  });
  expect(await mongo.db.collection('secrets').countDocuments()).toBe(1);
  await mongo.close();
}, 60_000);
