import { mkdir, readFile, rmdir } from 'node:fs/promises';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { WebSocket } from 'ws';
import { RequestLog } from '../../src/platform/request-log/request-log.js';
import { eventually } from '../support/eventually.js';
import { startHttp, type Answer, type Call, type HttpService } from '../support/http.js';
import { owner } from '../support/owner.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const variables = { WAYBILL_WHATSAPP: 'sandbox', WAYBILL_SANDBOX_URL: 'ws://127.0.0.1:9' };
const word = 'pear';

type Logged = { readonly [field: string]: unknown };

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;
let token: string;
let user: { readonly id: string; readonly key: string; readonly keyId: string };
let port: number;

const asAdmin = (route: string, call: Call = {}): Promise<Answer> => service.call(route, { token, ...call });
const asUser = (route: string, call: Call = {}): Promise<Answer> => service.call(route, { key: user.key, ...call });
const logged = async (query = ''): Promise<readonly Logged[]> =>
  ((await asAdmin(`GET /v1/admin/api-log${query}`)).body as { readonly data: readonly Logged[] }).data;
/** The one request with an id that the test gave it. */
const theOne = (requestId: string): Promise<Logged> =>
  eventually(async () => {
    const [found, ...others] = await logged(`?requestId=${requestId}`);
    expect(others).toEqual([]);
    return found ?? false;
  });
const withId = (id: string) => ({ headers: { 'x-request-id': id } });

const newUser = async (limits: object = {}) => {
  const body = { name: 'Shop', email: `shop-${Math.random()}@example.com`, limits };
  const { id } = (await asAdmin('POST /v1/admin/users', { body })).body as { readonly id: string };
  const issued = await asAdmin(`POST /v1/admin/users/${id}/api-keys`, { body: { name: 'key' } });
  const { id: keyId, secret: key } = issued.body as { readonly id: string; readonly secret: string };
  return { id, key, keyId };
};

beforeAll(async () => {
  directory = await temporaryDirectory();
  await mkdir(join(directory.path, 'requests.db')); // the log cannot be opened
  service = await startHttp(directory.path, { variables });
  await service.app.listen(0, '127.0.0.1');
  ({ port } = service.app.getHttpServer().address() as AddressInfo);
  token = await service.logIn();
  user = await newUser({ requestsPerMinute: 100_000 });
});

afterAll(async () => {
  await service.app.close();
  await directory.remove();
});

describe('the log of requests', () => {
  it('keeps nobody waiting while it cannot be written, and has everything once it can', async () => {
    expect((await asUser('GET /v1/limits', withId('early'))).status).toBe(200);
    await eventually(() => service.logged().includes('Requests cannot be logged'));
    const { body } = await asAdmin('GET /v1/admin/system');
    expect(body.requestLog).toMatchObject({ dropped: 0, trouble: expect.stringContaining('unavailable') });
    expect((await service.call('GET /health/live')).status).toBe(200);
    expect(await asAdmin('GET /v1/admin/api-log')).toMatchObject({ status: 503 });
    await rmdir(join(directory.path, 'requests.db'));
    await eventually(() => service.logged().includes('Requests are logged again'));
    expect(await theOne('early')).toMatchObject({ route: '/v1/limits', status: 200 });
  });

  it('tells of a request how it was answered, by its route, and nothing that it carried', async () => {
    const { text } = await asUser(`GET /v1/messages/0199a3c4-1f00-7000-8000-00000000dead`, withId('one'));
    expect(await theOne('one')).toEqual({
      id: expect.any(String),
      at: expect.any(String),
      method: 'GET',
      route: '/v1/messages/:id',
      status: 404,
      ms: expect.any(Number),
      userId: user.id,
      keyId: user.keyId,
      adminId: null,
      address: '127.0.0.1',
      requestId: 'one',
      bytesIn: 0,
      bytesOut: Buffer.byteLength(text),
      code: 'message_not_found',
    });
    const body = { name: word };
    expect((await asUser(`GET /v1/messages?q=${word}`, withId('search'))).status).toBe(200);
    expect((await asUser('POST /v1/sessions', { body, ...withId('create') })).status).toBe(202);
    expect(await theOne('create')).toMatchObject({ route: '/v1/sessions', bytesIn: JSON.stringify(body).length });
    expect(await theOne('search')).toMatchObject({ route: '/v1/messages' });
    await service.app.get(RequestLog).find({ where: {}, limit: 1 });
    const bytes = Buffer.concat(
      await Promise.all(['requests.db', 'requests.db-wal'].map((file) => readFile(join(directory.path, file)))),
    );
    for (const secret of [word, user.key, token, owner.password]) expect(bytes.includes(secret)).toBe(false);
  });

  it('knows who it was also where they were refused', async () => {
    const limited = await newUser({ requestsPerMinute: 1 });
    await service.call('GET /v1/limits', { key: limited.key });
    await service.call('GET /v1/limits', { key: limited.key, ...withId('limited') });
    expect(await theOne('limited')).toMatchObject({ status: 429, code: 'rate_limited', userId: limited.id });
    const weak = await asAdmin(`POST /v1/admin/users/${user.id}/api-keys`, {
      body: { name: 'weak', scopes: ['sessions:read'] },
    });
    await service.call('GET /v1/usage', { key: weak.body.secret, ...withId('forbidden') });
    expect(await theOne('forbidden')).toMatchObject({ status: 403, code: 'permission_missing', keyId: weak.body.id });
    await service.call('GET /v1/usage', { key: 'wb_nonsense', ...withId('stranger') });
    expect(await theOne('stranger')).toMatchObject({ status: 401, code: 'unauthorized', userId: null });
    await asAdmin('GET /v1/admin/me', withId('admin'));
    expect(await theOne('admin')).toMatchObject({ adminId: expect.any(String), userId: null, keyId: null });
    await service.call('GET /nowhere/at/all', withId('nowhere'));
    expect(await theOne('nowhere')).toMatchObject({ route: null, status: 404, code: 'not_found' });
  });

  it('has neither health nor metrics in it', async () => {
    await service.call('GET /health/live', withId('health'));
    await service.call('GET /openapi.json', withId('document'));
    expect(await theOne('document')).toMatchObject({ route: '/openapi.json', adminId: null });
    expect(await logged('?requestId=health')).toEqual([]);
  });

  it('has streams once they end, and WebSockets', async () => {
    const stream = connect(port, '127.0.0.1');
    stream.write(`GET /v1/events HTTP/1.1\r\nHost: x\r\nX-Api-Key: ${user.key}\r\nX-Request-Id: stream\r\n\r\n`);
    await new Promise((resolve) => stream.once('data', resolve));
    expect(await logged('?requestId=stream')).toEqual([]);
    stream.destroy();
    const ended = await theOne('stream');
    expect(ended).toMatchObject({ status: 200, route: '/v1/events', userId: user.id });
    expect(ended['bytesOut']).toBeGreaterThan(100);

    const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/ws`, { headers: { 'x-request-id': 'socket' } });
    await new Promise((resolve) => socket.once('open', resolve));
    socket.close();
    expect(await theOne('socket')).toMatchObject({ status: 101, route: '/v1/ws' });
  });

  it('has requests whose callers went before they were answered', async () => {
    const gone = connect(port, '127.0.0.1');
    const head = `POST /v1/sessions HTTP/1.1\r\nHost: x\r\nX-Api-Key: ${user.key}\r\nX-Request-Id: gone\r\n`;
    gone.write(`${head}Content-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n`);
    await new Promise((resolve) => gone.once('data', resolve)); // "continue": the body is waited for
    gone.destroy();
    expect(await theOne('gone')).toMatchObject({ status: null, route: '/v1/sessions', bytesIn: 100 });
  });

  it('is read page by page, and searched by everything and by time', async () => {
    for (let n = 0; n < 7; n += 1) await asUser('GET /v1/chats?limit=5');
    const ids: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = await asAdmin(`GET /v1/admin/api-log?route=/v1/chats&method=GET&status=2xx&limit=3${more}`);
      ids.push(...page.body.data.map(({ id }: Logged) => id));
      cursor = page.body.next;
    }
    expect([ids.length, new Set(ids).size]).toEqual([7, 7]);
    const filters = [
      `userId=${user.id}`,
      `keyId=${user.keyId}`,
      'address=127.0.0.1',
      'minMs=0',
      'status=200',
      'minBytesIn=0&minBytesOut=2',
    ];
    for (const filter of filters) expect(await logged(`?route=/v1/chats&${filter}`)).toHaveLength(7);
    const [latest] = await logged('?route=/v1/chats&limit=1');
    const at = String(latest?.['at']);
    expect(await logged(`?route=/v1/chats&from=${at}`)).not.toEqual([]);
    expect((await logged(`?route=/v1/chats&to=${at}`)).length).toBeLessThan(7);
    for (const query of [
      '?status=9xx',
      '?status=40',
      '?from=yesterday',
      '?color=red',
      '?minBytesIn=-1',
      '?minBytesOut=many',
      '?cursor=broken',
    ])
      expect(await asAdmin(`GET /v1/admin/api-log${query}`)).toMatchObject({ status: 400 });
  });

  it('shows users their own requests, and nobody else’s', async () => {
    const other = await newUser();
    await service.call('GET /v1/limits', { key: other.key, ...withId('theirs') });
    await theOne('theirs');
    const own = await service.call('GET /v1/api-log', { key: other.key });
    expect(own.body.data).toEqual([expect.objectContaining({ route: '/v1/limits', keyId: other.keyId })]);
    expect(own.body.data[0]).not.toHaveProperty('adminId');
    expect((await asUser('GET /v1/api-log?requestId=theirs')).body.data).toEqual([]);
    expect(await asUser(`GET /v1/api-log?userId=${other.id}`)).toMatchObject({ status: 400 });
    const weak = await asAdmin(`POST /v1/admin/users/${user.id}/api-keys`, {
      body: { name: 'weak', scopes: ['sessions:read'] },
    });
    expect(await service.call('GET /v1/api-log', { key: weak.body.secret })).toMatchObject({ status: 403 });
  });

  it('loses what is older than it is kept, and nothing younger', async () => {
    const { signal } = new AbortController();
    const clean = () => service.app.get(RequestLog).clean(signal);
    expect(await clean()).toBe(0);
    const before = (await logged('?limit=100')).length;
    const now = Date.now();
    const days = (count: number) => count * 24 * 3_600_000;
    jest.spyOn(Date, 'now').mockReturnValue(now + days(29));
    expect(await clean()).toBe(0);
    jest.spyOn(Date, 'now').mockReturnValue(now + days(31));
    expect(await clean()).toBeGreaterThanOrEqual(before);
    jest.restoreAllMocks();
    expect((await logged('?limit=100')).length).toBeLessThan(before);
  });
});
