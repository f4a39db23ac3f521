import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { startHttp, type HttpService } from '../support/http.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const token = 'a-token-of-a-test';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;

beforeAll(async () => {
  directory = await temporaryDirectory();
  service = await startHttp(directory.path, { variables: { WAYBILL_HTTP_UNKNOWN_PER_MINUTE: '20' } });
});

afterAll(async () => {
  await service.app.close();
  await directory.remove();
});

/** The samples that are told, by their names and labels. */
const samples = async (headers: Readonly<Record<string, string>> = {}): Promise<ReadonlyMap<string, number>> => {
  const { status, text } = await service.call('GET /metrics', { headers });
  expect(status).toBe(200);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
};
const counted = (route: string, status: number, method = 'GET'): string =>
  `waybill_http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"}`;

describe('/metrics', () => {
  it('tells of the process, and of requests by the patterns of their routes', async () => {
    expect([...(await samples()).keys()]).toEqual(
      expect.arrayContaining(['process_resident_memory_bytes', 'nodejs_eventloop_lag_seconds']),
    );
    const id = '0199a3c4-1f00-7000-8000-000000000001';
    const admin = await service.logIn();
    await service.call(`GET /v1/admin/users/${id}`, { token: admin });
    await service.call(`GET /v1/admin/users/${id}`);
    await service.call(`GET /somewhere/${id}?key=secret`);
    const told = await samples();
    expect(told.get(counted('/v1/admin/users/:id', 404))).toBe(1);
    expect(told.get(counted('/v1/admin/users/:id', 401))).toBe(1);
    expect(told.get(counted('/v1/admin/auth/login', 200, 'POST'))).toBe(1);
    expect(told.get(counted('none', 404))).toBe(1);
    expect([...told.keys()].filter((name) => /0199a3c4|secret/.test(name))).toEqual([]);
  });

  it('tells how many sessions, messages and deliveries wait, and how far views and sagas are', async () => {
    const admin = await service.logIn();
    const user = await service.call('POST /v1/admin/users', {
      token: admin,
      body: { name: 'Shop', email: 'shop@example.com' },
    });
    const key = await service.call(`POST /v1/admin/users/${user.body.id}/api-keys`, {
      token: admin,
      body: { name: 'k' },
    });
    await service.call('POST /v1/sessions', { key: key.body.secret });
    await eventually(async () => {
      const told = await samples();
      const sessions = [...told].filter(([name]) => name.startsWith('waybill_sessions{'));
      expect(sessions).toHaveLength(8);
      expect(sessions.reduce((sum, [, n]) => sum + n, 0)).toBe(1);
    });
    const told = await samples();
    expect(told.get('waybill_messages_waiting{status="queued"}')).toBe(0);
    expect(told.get('waybill_webhook_deliveries{status="parked"}')).toBe(0);
    expect(told.get('waybill_follower_parked_events{name="messages",kind="projection"}')).toBe(0);
    expect(told.has('waybill_follower_lag_seconds{name="messages",kind="projection"}')).toBe(true);
    expect(told.get('waybill_follower_parked_events{name="outbox",kind="saga"}')).toBe(0);
    expect([...told.keys()].filter((name) => name.includes(user.body.id) || name.includes('Shop'))).toEqual([]);
  });

  it('is for this machine alone, and counts for no limit', async () => {
    const elsewhere = await service.call('GET /metrics', { from: '198.51.100.7' });
    expect([elsewhere.status, elsewhere.body.code]).toEqual([403, 'metrics_restricted']);
    const proxied = await service.call('GET /metrics', { headers: { 'x-forwarded-for': '198.51.100.7' } });
    expect(proxied.status).toBe(403);
    for (let n = 0; n < 25; n += 1) await samples();
  });

  it('is for those who have the token, where there is one', async () => {
    await service.app.close();
    const variables = { WAYBILL_METRICS_TOKEN: token, WAYBILL_HTTP_UNKNOWN_PER_MINUTE: '5' };
    service = await startHttp(directory.path, { variables });
    const from = '198.51.100.7';
    const read = (authorization?: string) =>
      service.call('GET /metrics', { from, ...(authorization !== undefined && { headers: { authorization } }) });
    for (const wrong of [undefined, 'Bearer wrong', `Basic ${token}`, token]) {
      expect((await read(wrong)).body).toMatchObject({ status: 401, code: 'unauthorized' });
    }
    expect((await service.call('GET /metrics')).status).toBe(401);
    for (let n = 0; n < 10; n += 1) expect((await read(`Bearer ${token}`)).status).toBe(200);
    for (let n = 0; n < 5; n += 1) await read('Bearer guessed');
    expect((await read('Bearer guessed')).status).toBe(429);
    expect((await read(`Bearer ${token}`)).status).toBe(200);
    expect(service.logged()).not.toContain(token);
  });
});
