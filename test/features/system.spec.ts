import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Parts } from '../../src/platform/health/parts.js';
import { eventually } from '../support/eventually.js';
import { MongoServer } from '../support/mongodb-server/server.js';
import { startHttp, type HttpService } from '../support/http.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;
let token: string;

beforeAll(async () => {
  directory = await temporaryDirectory();
  // Nothing listens there.
  const variables = { WAYBILL_WHATSAPP: 'sandbox', WAYBILL_SANDBOX_URL: 'ws://127.0.0.1:9' };
  service = await startHttp(directory.path, { variables });
  token = await service.logIn();
});

afterAll(async () => {
  await service.app.close();
  await directory.remove();
});

const system = () => service.call('GET /v1/admin/system', { token });

it('the state of the system names each part, its engine, and since when it is as it is', async () => {
  const { status, body } = await system();
  expect(status).toBe(200);
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { readonly version: string };
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
  const engine = { name: 'SQLite', version: expect.stringMatching(/^3\./) };
  const up = { engine, status: 'up', since: time, detail: null };
  expect(body).toEqual({
    version,
    node: process.version,
    startedAt: time,
    parts: [
      ...['eventStore', 'readModels', 'sagaProgress', 'vault'].map((name) => ({ name, ...up })),
      expect.objectContaining({ name: 'subscriptions', engine: null }),
      { name: 'credentials', ...up },
    ],
    whatsapp: { mode: 'sandbox', connected: 0, linked: 0 },
    restored: null,
    requestLog: { waiting: expect.any(Number), dropped: 0, trouble: null },
    dataDirectory: { bytes: expect.any(Number) },
  });
  const again = (await system()).body as { readonly parts: readonly object[] };
  expect(again.parts[0]).toEqual((body as { readonly parts: readonly object[] }).parts[0]);
});

it('the size is that of all files in the data directory', async () => {
  const sizeOf = async () => ((await system()).body as { dataDirectory: { bytes: number } }).dataDirectory.bytes;
  const before = await sizeOf();
  await writeFile(join(directory.path, 'large'), Buffer.alloc(50_000_000));
  expect((await sizeOf()) - before).toBeGreaterThan(40_000_000);
});

it('the state of the system is for admins only', async () => {
  expect((await service.call('GET /v1/admin/system')).status).toBe(401);
});

it('a part that is down says what it waits for, and since when', async () => {
  const server = await MongoServer.start();
  const own = await temporaryDirectory();
  const variables = { MONGODB_URI: `${server.uri()}&serverSelectionTimeoutMS=500`, WAYBILL_WHATSAPP: 'sandbox' };
  const scaled = await startHttp(own.path, { variables: { ...variables, WAYBILL_SANDBOX_URL: 'ws://127.0.0.1:9' } });
  const vault = async () => (await scaled.app.get(Parts).all()).find(({ name }) => name === 'vault');
  const before = await vault();
  expect(before).toMatchObject({ engine: { name: 'MongoDB', version: '7.0.14' }, status: 'up' });
  const { port, storage } = server;
  await server.stop();
  const down = await vault();
  expect(down).toMatchObject({ status: 'down', detail: expect.stringMatching(/MongoDB/) });
  expect(await vault()).toMatchObject({ status: 'down', since: down?.since });
  const again = await MongoServer.start({ port, storage });
  const up = await eventually(async () => {
    const now = await vault();
    return now?.status === 'up' && now;
  });
  expect(Date.parse(up.since)).toBeGreaterThanOrEqual(Date.parse(down?.since ?? ''));
  expect(up.detail).toBeUndefined();
  await scaled.app.close();
  await again.stop();
  await own.remove();
}, 60_000);
