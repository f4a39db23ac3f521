import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { eventually } from '../support/eventually.js';
import { EventStoreDbServer } from '../support/eventstoredb-server/index.js';
import { MessagesClient } from '../support/messages-client.js';
import { startService } from '../support/service.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let server: EventStoreDbServer;
let waybill: Waybill;
let client: MessagesClient;
let friend: SandboxPhone;

beforeAll(async () => {
  server = await EventStoreDbServer.start();
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
  friend = await waybill.sandbox.newPhone();
}, 240_000);

afterAll(async () => {
  await waybill.end();
  await server.stop();
});

const command = (to: string): readonly string[] => ['dist/app/operator.js', 'migrate-stores', to];
const environment = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  WAYBILL_DATA_DIR: waybill.dataDirectory,
  EVENTSTORE_URL: server.url,
});

const migrate = async (to: string): Promise<string> =>
  (await promisify(execFile)(process.execPath, command(to), { env: environment() })).stdout;

/** Ends the command as the power does, in an append after so many. */
const killHalfway = async (to: string, appends: number): Promise<void> => {
  server.faults.next('append', { kind: 'late', afterMs: 0 }, appends);
  server.faults.next('append', { kind: 'late', afterMs: 600_000 });
  const running = spawn(process.execPath, command(to), { env: environment(), stdio: 'ignore' });
  const ended = once(running, 'exit');
  await eventually(() => server.faults.left('append') === 0, 60_000);
  running.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
};

const order = (what: 'stop' | 'restart') => client.call(`POST /v1/sessions/${client.session.id}/${what}`);
const stopSession = async (): Promise<void> => {
  await order('stop');
  await waybill.until(client.session.user, client.session.id, { status: 'stopped' });
};

/** Sends what was queued, and expects that the phone got each text once, duplicates that it recognizes included. */
const sendQueued = async (ids: readonly string[], texts: readonly string[]): Promise<void> => {
  await order('restart');
  for (const id of ids) await client.until(id, 'delivered', 60_000);
  const arrived = await waybill.sandbox.messages<{ readonly text: string }>(friend.number);
  expect(arrived.map(({ text }) => text)).toEqual(texts);
};

const queue = async (...texts: readonly string[]): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (const text of texts) ids.push(await client.send(friend, text));
  return ids;
};

const usedToday = async (): Promise<unknown> =>
  ((await client.call('GET /v1/limits')).body as { readonly messages: { readonly used: number } }).messages.used;

/** What the record says of a message, but for the positions, which each store gives. */
const recordOf = async (id: string): Promise<readonly object[]> => {
  const { data } = (await waybill.admin(`GET /v1/admin/streams/message-${id}`)).body as {
    readonly data: readonly { readonly position: number }[];
  };
  return data.map(({ position: _position, ...event }) => event);
};

it('the log moves to a server and back: all is there, nothing is lost, and nothing is sent again', async () => {
  const first = await client.send(friend, 'one');
  await client.until(first, 'delivered');
  await stopSession();
  const queued = await queue('two', 'three', 'four');
  const before = { message: await client.get(first), record: await recordOf(first) };
  expect(await waybill.shutDown()).toBe(0);

  await killHalfway('server', 10);
  expect(await readdir(waybill.dataDirectory)).toContain('events.db');
  expect(await migrate('server')).toMatch(/\d+ events, all compared, SHA-256 [0-9a-f]{64}/);
  const files = await readdir(waybill.dataDirectory);
  expect(files).toContain('events.db.moved');
  expect(files.filter((name) => name === 'events.db' || name.startsWith('views.db'))).toEqual([]);

  waybill.configure({ EVENTSTORE_URL: server.url });
  await waybill.boot();
  expect({ message: await client.get(first), record: await recordOf(first) }).toEqual(before);
  await sendQueued(queued, ['one', 'two', 'three', 'four']);
  expect(await usedToday()).toBe(4);

  await stopSession();
  const more = await queue('five', 'six');
  const inBetween = { message: await client.get(first), record: await recordOf(queued[0] ?? '') };
  expect(await waybill.shutDown()).toBe(0);
  expect(await migrate('file')).toMatch(/\d+ events, all compared/);
  const onOldLog = startService({
    ...environment(),
    WAYBILL_WHATSAPP: 'sandbox',
    WAYBILL_SANDBOX_URL: waybill.sandbox.url, // which has started already
  });
  expect(await onOldLog.ended()).toBe(1);
  expect(onOldLog.output()).toMatch(/The log of this directory is a file/);

  waybill.configure({});
  await waybill.boot();
  expect({ message: await client.get(first), record: await recordOf(queued[0] ?? '') }).toEqual(inBetween);
  await sendQueued(more, ['one', 'two', 'three', 'four', 'five', 'six']);

  const [left] = await queue('seven');
  await client.until(left ?? '', 'delivered');
  expect(await waybill.shutDown()).toBe(0);
  await migrate('server');
  waybill.configure({ EVENTSTORE_URL: server.url });
  await waybill.boot();
  expect(await usedToday()).toBe(7); // what was accepted on the file counts where the stream of the user's quota did not see it
}, 400_000);
