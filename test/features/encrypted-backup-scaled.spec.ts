import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { newAgeKey } from '../support/age-keys.js';
import { eventually } from '../support/eventually.js';
import { MessagesClient, shownTexts } from '../support/messages-client.js';
import { withDatabase } from '../support/mongodb-server/connection-string.js';
import { operator } from '../support/operator.js';
import { startScaledServers } from '../support/scaled-servers.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let servers: Awaited<ReturnType<typeof startScaledServers>>;
let waybill: Waybill;
let client: MessagesClient;
let friend: SandboxPhone;
let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let place: string;
/** A second copy of the data that were restored. */
let another: string;
let waiting: readonly string[];
const masterKey = { WAYBILL_MASTER_KEY: randomBytes(32).toString('base64') };
const texts = ['one', 'two', 'three'];

beforeAll(async () => {
  temporary = await temporaryDirectory();
  place = join(temporary.path, 'backups');
  another = join(temporary.path, 'another');
  servers = await startScaledServers();
  waybill = await Waybill.start({ ...servers.variables, ...masterKey });
  client = await MessagesClient.link(waybill);
  friend = await waybill.sandbox.newPhone();
}, 240_000);

afterAll(async () => {
  await waybill.end();
  await servers.end();
  await temporary.remove();
});

const pace = async (pacing: object) => {
  const answer = await client.call(`PATCH /v1/sessions/${client.session.id}`, { body: { settings: { pacing } } });
  expect(answer.status).toBe(200);
};
const parked = async () =>
  ((await waybill.admin('GET /v1/admin/parked')).body as { readonly data: readonly object[] }).data;
const resume = (queued: string) => waybill.admin('POST /v1/admin/system/resume', { body: { queued } });

it('stores that are on servers are backed up while they are used, and restored into the files of another machine', async () => {
  const before = await client.send(friend, 'before the backup');
  await client.until(before, 'delivered');
  await pace({ enabled: true, messagesPerMinute: 1 });
  const path = `GET /v1/sessions/${client.session.id}`;
  await eventually(async () =>
    expect((await client.call(path)).body).toMatchObject({ pacing: { messagesPerMinute: 1 } }),
  );
  waiting = await Promise.all(texts.map((text) => client.send(friend, text)));
  const key = await newAgeKey(temporary.path);
  const making = {
    WAYBILL_BACKUP_TO: place,
    WAYBILL_BACKUP_RECIPIENT: key.recipient,
    WAYBILL_BACKUP_IDENTITY: key.file,
  };
  const variables = { WAYBILL_DATA_DIR: waybill.dataDirectory, ...servers.variables, ...masterKey, ...making };
  expect((await operator(variables, 'backup')).stdout).toMatch(/is backed up.*opened and compared/s);
  await pace({ enabled: false });
  const later = await client.send(friend, 'after the backup');
  for (const id of [...waiting, later]) await client.until(id, 'delivered'); // the service that owns the servers goes on

  const data = join(temporary.path, 'restored');
  const restoring = ['restore', place, '--identity', key.file];
  const { stdout } = await operator({ WAYBILL_DATA_DIR: data, ...masterKey }, ...restoring);
  expect(stdout).toMatch(/\d+ events.*All were checked/s);
  await cp(data, another, { recursive: true });
  await waybill.shutDown();
  waybill.configure(masterKey);
  await waybill.boot(data);
  expect((await client.get(before)).status).toBe('delivered');
  expect((await client.call(`GET /v1/messages/${later}`)).status).toBe(404);
  await waybill.until(client.session.user, client.session.id, { status: 'stopped' });
  await resume('send');
  await waybill.until(client.session.user, client.session.id, { status: 'connected' });
  await pace({ enabled: false });
  const next = await client.send(friend, 'from the copy');
  await client.until(next, 'delivered');
  expect(await parked()).toEqual([]);
}, 240_000);

it('what was restored is held also where its stores were moved to servers, until an admin says what becomes of what waits', async () => {
  const { MONGODB_URI: uri, ...log } = servers.variables;
  const elsewhere = { ...log, EVENTSTORE_NAMESPACE: 'moved.', MONGODB_URI: withDatabase(uri, 'moved') };
  const scaled = { ...elsewhere, ...masterKey };
  await operator({ WAYBILL_DATA_DIR: another, ...scaled }, 'migrate-stores', 'server');
  await waybill.shutDown();
  waybill.configure(scaled);
  const arrived = (await waybill.sandbox.messages(friend.number)).length;
  for (const start of ['first', 'after a kill']) {
    if (start === 'after a kill') await waybill.kill();
    await waybill.boot(another);
    expect(waybill.output()).toMatch(/copy that was restored from the backup of/);
    const reason = expect.stringMatching(/restored copy/);
    const session = await waybill.until(client.session.user, client.session.id, { status: 'stopped' });
    expect(session).toMatchObject({ reason });
    const ofWaiting = await Promise.all(waiting.map((id) => client.get(id)));
    const queued = ofWaiting.filter(({ status }) => status === 'queued');
    expect(queued.length).toBeGreaterThan(1);
    for (const { id } of queued)
      await eventually(async () =>
        expect((await client.get(id)).timeline.at(-1)).toMatchObject({ event: 'held', detail: reason }),
      );
    expect((await waybill.admin('GET /v1/admin/system')).body).toMatchObject({
      restored: { status: 'waiting', queued: null },
      whatsapp: { connected: 0 },
    });
    expect((await waybill.call('GET /health/ready')).body).toMatchObject({
      parts: { restoredCopy: { status: 'up', detail: expect.stringMatching(/waits for an admin/) } },
    });
  }
  expect(await waybill.sandbox.messages(friend.number)).toHaveLength(arrived);

  await resume('cancel');
  await waybill.until(client.session.user, client.session.id, { status: 'connected' });
  for (const id of waiting) expect((await client.get(id)).status).not.toBe('queued');
  await pace({ enabled: false });
  await client.until(await client.send(friend, 'from the servers'), 'delivered');
  const shown = shownTexts(await waybill.sandbox.messages(friend.number));
  expect(shown.filter((text) => texts.includes(text)).toSorted()).toEqual(texts.toSorted());
  expect(shown.at(-1)).toBe('from the servers');
  expect(await parked()).toEqual([]);
}, 240_000);
