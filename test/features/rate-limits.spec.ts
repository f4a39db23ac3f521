import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startHttp, type HttpService } from '../support/http.js';
import { hasRedis, RedisServer } from '../support/redis-server.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const wrong = `wb_0199a3c4-1f00-7000-8000-00000000dead_${'A'.repeat(43)}`;

/** A key of a user who may make so many requests per minute. */
const keyOf = async (service: HttpService, requestsPerMinute: number): Promise<string> => {
  const token = await service.logIn();
  const body = { name: 'K', email: `${Math.random()}@example.com`, limits: { requestsPerMinute } };
  const user = await service.call('POST /v1/admin/users', { token, body });
  const key = await service.call(`POST /v1/admin/users/${user.body.id}/api-keys`, { token, body: { name: 'k' } });
  return key.body.secret as string;
};

const at = async (services: readonly HttpService[], count: number, key: string) =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      (services[index % services.length] as HttpService).call('GET /v1/limits', { key }),
    ),
  );
const statuses = (answers: readonly { readonly status: number }[], status: number): number =>
  answers.filter((answer) => answer.status === status).length;

describe('the limit of requests', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let service: HttpService;
  beforeAll(async () => {
    directory = await temporaryDirectory();
    service = await startHttp(directory.path, { variables: { WAYBILL_HTTP_UNKNOWN_PER_MINUTE: '50' } });
  });
  afterAll(async () => {
    await service.app.close();
    await directory.remove();
  });

  it('lets exactly as many through as a user may make, however many come at once', async () => {
    const answers = await at([service], 200, await keyOf(service, 100));
    expect([statuses(answers, 200), statuses(answers, 429)]).toEqual([100, 100]);
    for (const { status, headers } of answers) {
      expect(headers).toMatchObject({ 'x-ratelimit-limit': '100', 'x-ratelimit-reset': expect.any(String) });
      expect(headers['retry-after'] !== undefined).toBe(status === 429);
    }
  });

  it('slows wrong keys, refuses them in the end, and holds up nobody who has a right one', async () => {
    const key = await keyOf(service, 1000);
    const from = '198.51.100.20';
    const guess = async () => service.call('GET /v1/limits', { key: wrong, from });
    const codes: unknown[] = [];
    const began = performance.now();
    for (let tries = 0; tries < 55; tries += 1) {
      const { status, body, headers } = await guess();
      codes.push(body.code);
      expect(headers['x-ratelimit-limit']).toBe(status === 429 ? '50' : undefined);
      expect(headers['retry-after'] !== undefined).toBe(status === 429);
    }
    expect(performance.now() - began).toBeGreaterThan(40 * 15);
    expect(codes).toEqual([...Array(50).fill('unauthorized'), ...Array(5).fill('rate_limited')]);
    expect((await service.call('GET /v1/limits', { key, from })).status).toBe(200);
    expect((await service.call('GET /v1/limits', { key: wrong, from: '198.51.100.21' })).status).toBe(401);
  });

  it('is for what needs no credentials, too, but not for what monitoring asks', async () => {
    const from = '198.51.100.22';
    const login = { body: { refreshToken: 'nonsense' }, from };
    for (let tries = 0; tries < 50; tries += 1) {
      expect((await service.call('POST /v1/admin/auth/refresh', login)).status).not.toBe(429);
    }
    expect((await service.call('POST /v1/admin/auth/refresh', login)).body.code).toBe('rate_limited');
    const health = await service.call('GET /health/live', { from });
    expect([health.status, health.headers['x-ratelimit-limit']]).toEqual([200, undefined]);
  });
});

(hasRedis() ? describe : describe.skip)('the limit of requests of processes that share Redis', () => {
  it('is one for all of them; while Redis is away, they refuse and say so', async () => {
    const redis = await RedisServer.start();
    const directories = [await temporaryDirectory(), await temporaryDirectory()] as const;
    const variables = { REDIS_URL: redis.url, WAYBILL_REDIS_AWAY: 'closed', WAYBILL_HTTP_UNKNOWN_PER_MINUTE: '100' };
    const [one, other] = [
      await startHttp(directories[0].path, { variables }),
      await startHttp(directories[1].path, { variables }),
    ];
    try {
      // Two services that know nothing of each other but Redis: strangers of one address count together.
      const from = '198.51.100.23';
      const guess = (service: HttpService) => service.call('GET /v1/limits', { key: wrong, from });
      const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => guess(n % 2 === 0 ? one : other)));
      expect([statuses(answers, 401), statuses(answers, 429)]).toEqual([100, 100]);
      await redis.stop();
      expect((await guess(one)).body.code).toBe('store_unavailable');
      const ready = await one.call('GET /health/ready');
      expect([ready.status, ready.body.detail]).toEqual([503, expect.stringMatching(/requestCounters: Redis is away/)]);
    } finally {
      await one.app.close();
      await other.app.close();
      await redis.stop();
      for (const directory of directories) await directory.remove();
    }
  });
});
