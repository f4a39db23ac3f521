import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { newAgeKey } from '../support/age-keys.js';
import { MessagesClient } from '../support/messages-client.js';
import { operator } from '../support/operator.js';
import { startScaledServers } from '../support/scaled-servers.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Waybill } from '../support/waybill.js';

let servers: Awaited<ReturnType<typeof startScaledServers>>;
let waybill: Waybill;
let client: MessagesClient;
let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
const masterKey = { WAYBILL_MASTER_KEY: randomBytes(32).toString('base64') };

beforeAll(async () => {
  temporary = await temporaryDirectory();
  servers = await startScaledServers();
  waybill = await Waybill.start({ ...servers.variables, ...masterKey });
  client = await MessagesClient.link(waybill);
}, 240_000);

afterAll(async () => {
  await waybill.end();
  await servers.end();
  await temporary.remove();
});

it('stores that are on servers are backed up while they are used, and restored into the files of another machine', async () => {
  const friend = await waybill.sandbox.newPhone();
  const before = await client.send(friend, 'before the backup');
  await client.until(before, 'delivered');
  const key = await newAgeKey(temporary.path);
  const place = join(temporary.path, 'backups');
  const making = {
    WAYBILL_BACKUP_TO: place,
    WAYBILL_BACKUP_RECIPIENT: key.recipient,
    WAYBILL_BACKUP_IDENTITY: key.file,
  };
  const variables = { WAYBILL_DATA_DIR: waybill.dataDirectory, ...servers.variables, ...masterKey, ...making };
  expect((await operator(variables, 'backup')).stdout).toMatch(/is backed up.*opened and compared/s);
  const later = await client.send(friend, 'after the backup');
  await client.until(later, 'delivered'); // the service that owns the servers goes on

  const data = join(temporary.path, 'restored');
  const { stdout } = await operator({ WAYBILL_DATA_DIR: data, ...masterKey }, 'restore', place, '--identity', key.file);
  expect(stdout).toMatch(/\d+ events.*All were checked/s);
  await waybill.shutDown();
  waybill.configure(masterKey);
  await waybill.boot(data);
  expect((await client.get(before)).status).toBe('delivered');
  expect((await client.call(`GET /v1/messages/${later}`)).status).toBe(404);
  await waybill.until(client.session.user, client.session.id, { status: 'stopped' });
  await waybill.admin('POST /v1/admin/system/resume', { body: { queued: 'send' } });
  await waybill.until(client.session.user, client.session.id, { status: 'connected' });
  const next = await client.send(friend, 'from the copy');
  await client.until(next, 'delivered');
  const parked = (await waybill.admin('GET /v1/admin/parked')).body as { readonly data: readonly object[] };
  expect(parked.data).toEqual([]);
}, 240_000);
