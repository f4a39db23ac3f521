import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EventStoreDbServer } from '../support/eventstoredb-server/index.js';
import { TransactionLog } from '../support/eventstoredb-server/log.js';
import { MessagesClient } from '../support/messages-client.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Waybill } from '../support/waybill.js';

let server: EventStoreDbServer;
let empty: EventStoreDbServer;
let restored: EventStoreDbServer | undefined;
let waybill: Waybill;
let client: MessagesClient;
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeAll(async () => {
  directory = await temporaryDirectory();
  server = await EventStoreDbServer.start();
  empty = await EventStoreDbServer.start();
  waybill = await Waybill.start({ EVENTSTORE_URL: server.url });
  client = await MessagesClient.link(waybill);
}, 240_000);

afterAll(async () => {
  await waybill.end();
  for (const one of [server, empty, restored]) await one?.stop();
  await directory.remove();
});

const operator = (data: string, url: string, ...words: readonly string[]) =>
  promisify(execFile)(process.execPath, ['dist/app/operator.js', ...words], {
    env: { PATH: process.env['PATH'], WAYBILL_DATA_DIR: data, EVENTSTORE_URL: url },
  });

/** A server as its own backup would bring it back: with the same events at the same positions. */
const serverBackup = async (): Promise<EventStoreDbServer> => {
  const log = new TransactionLog();
  const known = log.records.length;
  for (const record of server.log.records.slice(known)) log.write(record.stream, 'any', [record]);
  expect(log.records.map(({ position }) => position)).toEqual(server.log.records.map(({ position }) => position));
  return EventStoreDbServer.start({ log });
};

it('a directory and its server are restored, the server first, to what they were', async () => {
  const friend = await waybill.sandbox.newPhone();
  const kept = await client.send(friend, 'before the backup');
  await client.until(kept, 'delivered');
  const backup = join(directory.path, 'backup');
  await operator(waybill.dataDirectory, server.url, 'backup', backup);
  const queued = await client.send(friend, 'between the two parts');
  await client.until(queued, 'delivered');
  restored = await serverBackup();
  const lost = await client.send(friend, 'after the backup');
  await client.until(lost, 'delivered');
  await waybill.shutDown();

  const data = join(directory.path, 'restored');
  await mkdir(data);
  await cp(join(waybill.dataDirectory, 'master.key'), join(data, 'master.key'));
  await expect(operator(data, empty.url, 'restore', backup)).rejects.toMatchObject({
    stderr: expect.stringMatching(/The server of EVENTSTORE_URL has no events/),
  });
  const { stdout } = await operator(data, restored.url, 'restore', backup);
  expect(stdout).toMatch(/\d+ events[^]*All were checked/);

  waybill.configure({ EVENTSTORE_URL: restored.url });
  await waybill.boot(data);
  await waybill.until(client.session.user, client.session.id, { status: 'stopped' });
  await waybill.admin('POST /v1/admin/system/resume', { body: { queued: 'send' } });
  await waybill.until(client.session.user, client.session.id, { status: 'connected' });
  await client.until(kept, 'delivered');
  await client.until(queued, 'delivered');
  expect((await client.call(`GET /v1/messages/${lost}`)).status).toBe(404);
  const next = await client.send(friend, 'after the restore');
  await client.until(next, 'sent');
  await waybill.shutDown();
}, 300_000);
