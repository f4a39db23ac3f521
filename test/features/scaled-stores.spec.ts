import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openMongo } from '#lib/mongo';
import { credentialCollections } from '#lib/whatsapp/baileys/credentials/mongo';
import { EventStreamClient } from '../support/event-stream.js';
import { eventually } from '../support/eventually.js';
import { EventStoreDbServer } from '../support/eventstoredb-server/index.js';
import { MessagesClient, shownTexts } from '../support/messages-client.js';
import { MongoServer } from '../support/mongodb-server/server.js';
import { startService } from '../support/service.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let log: EventStoreDbServer;
let server: MongoServer;
let waybill: Waybill;
let client: MessagesClient;
let friend: SandboxPhone;
const masterKey = randomBytes(32).toString('base64');
const stores = (): NodeJS.ProcessEnv => ({
  EVENTSTORE_URL: log.url,
  MONGODB_URI: `${server.uri()}&serverSelectionTimeoutMS=1500&socketTimeoutMS=10000`,
});

beforeAll(async () => {
  [log, server] = [await EventStoreDbServer.start(), await MongoServer.start()];
  waybill = await Waybill.start({ ...stores(), WAYBILL_MASTER_KEY: masterKey });
  client = await MessagesClient.link(waybill);
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
}, 240_000);

afterAll(async () => {
  await waybill.end();
  await server.stop();
  await log.stop();
});

const say = (text: string) =>
  waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, {
    to: client.session.phone.number,
    type: 'text',
    text,
  });
const heard = async (): Promise<readonly string[]> => {
  const { body } = await client.list({ direction: 'incoming', limit: '100' });
  return (body.data as readonly { readonly text: { readonly body: string } }[])
    .map(({ text }) => text.body)
    .toReversed();
};
const shown = async (): Promise<readonly string[]> => shownTexts(await waybill.sandbox.messages(friend.number));
const post = (body: string) =>
  client.post(
    { to: `+${friend.number}`, type: 'text', text: { body }, sessionId: client.session.id },
    { 'idempotency-key': body.replaceAll(' ', '-') },
  );
const data = (name: string): string => join(waybill.dataDirectory, '..', name);

/** A service that is expected not to start. */
const refusal = async (variables: NodeJS.ProcessEnv): Promise<string> => {
  const refused = startService({
    WAYBILL_DATA_DIR: data('refused'),
    WAYBILL_WHATSAPP: 'sandbox',
    SANDBOX_PORT: '0',
    SANDBOX_CONTROL_PORT: '0',
    ...variables,
  });
  expect(await refused.ended()).toBe(1);
  return refused.output();
};

it('the data directory holds nothing that is needed: an empty one takes its place after the end', async () => {
  const first = await post('one');
  await client.until(first.body.id, 'delivered');
  await say('hello');
  await eventually(async () => (await heard()).length === 1);
  const files = await readdir(waybill.dataDirectory);
  expect(files.filter((name) => /\.(db|key)$/.test(name))).toEqual([]);
  const queued = await post('two');
  expect(await waybill.shutDown()).toBe(0);
  await say('while nobody was there');

  await waybill.boot(data('second'));
  await waybill.until(client.session.user, client.session.id, { status: 'connected' });
  await client.until(queued.body.id, 'delivered');
  expect(await post('one')).toMatchObject({ status: 202, body: { id: first.body.id } });
  expect(await heard()).toEqual(['hello', 'while nobody was there']);
  expect(await shown()).toEqual(['one', 'two']);
  expect(await waybill.sandbox.retryReceipts()).toEqual([]);
}, 300_000);

it('while MongoDB is away, nothing that is accepted or arrives is lost, and all goes on by itself', async () => {
  const before = await heard();
  expect((await waybill.admin('GET /v1/admin/system')).body).toMatchObject({
    parts: expect.arrayContaining([
      expect.objectContaining({ name: 'eventStore', engine: { name: 'EventStoreDB', version: null }, status: 'up' }),
      expect.objectContaining({ name: 'vault', engine: { name: 'MongoDB', version: '7.0.14' }, status: 'up' }),
    ]),
    whatsapp: { mode: 'sandbox', connected: 1, linked: 1 },
  });
  const inFlight = ['a', 'b', 'c', 'd', 'e'].map((letter) => `in flight ${letter}`);
  const underWay = await Promise.all(inFlight.map(post));
  expect(underWay.map(({ status }) => status)).toEqual(inFlight.map(() => 202));
  const { port, storage } = server;
  await server.stop();
  await eventually(async () => (await waybill.call('GET /health/ready')).status === 503);
  const { parts } = (await waybill.call('GET /health/ready')).body as { readonly parts: Record<string, object> };
  for (const name of ['readModels', 'sagaProgress', 'vault'])
    expect(parts[name]).toEqual({ status: 'down', detail: expect.stringMatching(/MongoDB/) });
  const refused = await post('not now');
  expect(refused).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  await say('who is there?');
  await waybill.call('GET /health/ready');
  server = await MongoServer.start({ port, storage });
  await eventually(async () => (await waybill.call('GET /health/ready')).status === 200, 60_000);
  const accepted = await eventually(async () => {
    const answer = await post('not now');
    return answer.status === 202 && answer;
  }, 60_000);
  await client.until(accepted.body.id, 'delivered', 90_000).catch((error: unknown) => {
    process.stderr.write(waybill.output()); // where this fails, the log says what waits for what
    throw error;
  });
  await eventually(async () => (await heard()).length > before.length, 90_000);
  expect(await heard()).toEqual([...before, 'who is there?']);
  for (const { body } of underWay) await client.until(body.id, 'delivered', 90_000);
  const texts = (await shown()).filter((text) => /in flight|not now/.test(text));
  expect(texts.toSorted()).toEqual([...inFlight, 'not now']);
}, 300_000);

it('live readers have every event once and in order, whatever fails meanwhile, also where a crash takes the data directory', async () => {
  const [heardBefore, shownBefore] = [await heard(), await shown()];
  const open = (after?: string) =>
    EventStreamClient.open(
      `${waybill.url}/v1/events?types=message.queued${after === undefined ? '' : `&after=${after}`}`,
      { 'x-api-key': client.session.user.key },
    );
  const first = await open();
  let after = await eventually(() => first.lastId ?? false);
  first.cut();
  const [written, read]: [string[], string[]] = [[], []];
  const count = 40;
  const write = async (): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      const id = await eventually(async () => {
        const { status, body } = await post(`live ${n}`);
        return status === 202 && (body as { readonly id: string }).id;
      }, 120_000);
      written.push(id);
    }
  };
  const readInPieces = async (): Promise<void> => {
    while (read.length < count) {
      const reader = await eventually(() => open(after), 120_000);
      const enough = Math.min(1 + Math.floor(Math.random() * 6), count - read.length);
      await eventually(() => reader.isOver || reader.events.length >= enough, 120_000);
      reader.cut();
      read.push(...reader.events.map(({ data: message }) => (message as { readonly id: string }).id));
      after = reader.lastId ?? after;
    }
  };
  const all = Promise.all([write(), readInPieces()]);
  await eventually(() => read.length > 5, 60_000);
  await log.stop();
  await log.listen();
  await eventually(() => read.length > 10, 60_000);
  const { port, storage } = server;
  await server.stop();
  server = await MongoServer.start({ port, storage });
  await eventually(() => read.length > 20, 60_000);
  await waybill.kill();
  await waybill.boot(data('third'));
  await all;
  expect(read).toEqual(written);
  await client.until(written.at(-1) ?? '', 'delivered', 90_000);
  await say('good bye');
  await eventually(async () => (await heard()).length > heardBefore.length);
  expect(await heard()).toEqual([...heardBefore, 'good bye']);
  const texts = Array.from({ length: count }, (_none, n) => `live ${n}`);
  expect(await shown()).toEqual([...shownBefore, ...texts]);
}, 300_000);

it('another service does not start on the database of one that runs', async () => {
  expect(await refusal({ ...stores(), WAYBILL_MASTER_KEY: masterKey })).toMatch(
    /database of MONGODB_URI are in use by another process/,
  );
}, 60_000);

it('a backup is refused, as nothing is in files', async () => {
  const env = { PATH: process.env['PATH'], WAYBILL_DATA_DIR: data('third'), ...stores() };
  const backup = promisify(execFile)(process.execPath, ['dist/app/operator.js', 'backup', data('backup')], { env });
  await expect(backup).rejects.toMatchObject({
    stderr: expect.stringMatching(/All stores are on servers.*MONGODB_URI first/),
  });
});

it('the service does not start with another master key, without one, or with MongoDB in place of files that are there', async () => {
  expect(await waybill.shutDown()).toBe(0);
  expect(await refusal({ ...stores(), WAYBILL_MASTER_KEY: randomBytes(32).toString('base64') })).toMatch(
    /vault in the database of MONGODB_URI is sealed with another master key/,
  );
  expect(await refusal(stores())).toMatch(/The master key is missing/);
  const { MONGODB_URI: _uri, ...withoutDatabase } = stores();
  expect(await refusal({ ...withoutDatabase, WAYBILL_MASTER_KEY: masterKey })).toMatch(
    /secrets\.db is missing or empty/,
  );
  expect(await refusal({ ...stores(), WAYBILL_MASTER_KEY: masterKey })).toMatch(
    /\.db is a file, but MONGODB_URI is set.*migrate-stores/,
  );
}, 120_000);

it('lost credentials are missed by name, and made anew on request', async () => {
  const mongo = await openMongo(server.uri());
  for (const name of credentialCollections) await mongo.db.dropCollection(name);
  await mongo.close();
  const variables = { ...stores(), WAYBILL_MASTER_KEY: masterKey, WAYBILL_DATA_DIR: data('fourth') };
  expect(await refusal(variables)).toMatch(/MONGODB_URI has of WhatsApp sessions is missing or empty.*renew/);
  const env = { PATH: process.env['PATH'], ...variables };
  const renew = ['dist/app/operator.js', 'admin', 'renew', 'credentials.db'];
  expect((await promisify(execFile)(process.execPath, renew, { env })).stdout).toMatch(/has to be linked again/);
  const again = ['dist/app/operator.js', 'admin', 'renew', 'secrets.db'];
  expect((await promisify(execFile)(process.execPath, again, { env })).stdout).toMatch(/secrets.db is there/);
  await waybill.boot(data('fourth'));
  expect((await client.call(`GET /v1/sessions/${client.session.id}`)).status).toBe(200);
}, 120_000);
