import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { startHttp, type HttpService } from '../support/http.js';
import { hasRedis, RedisServer } from '../support/redis-server.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const wrong = `wb_0199a3c4-1f00-7000-8000-00000000dead_${'A'.repeat(43)}`;

/** A key of a user who may make so many requests per minute. */
const keyOf = async (service: HttpService, requestsPerMinute: number, more = {}): Promise<string> => {
  const token = await service.logIn();
  const body = { name: 'K', email: `${Math.random()}@example.com`, limits: { requestsPerMinute } };
  const user = await service.call('POST /v1/admin/users', { token, body });
  const key = await service.call(`POST /v1/admin/users/${user.body.id}/api-keys`, {
    token,
    body: { name: 'k', ...more },
  });
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

  it('counts with a key also what no route is for', async () => {
    const key = await keyOf(service, 3);
    const answers = [
      await service.call('GET /v1/nowhere', { key }),
      await service.call('DELETE /v1/limits', { key }),
      await service.call('GET /v1/limits', { key }),
      await service.call('POST /v1/nowhere', { key, body: {} }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 405, 200, 429]);
    expect(answers.map(({ headers }) => headers['x-ratelimit-remaining'])).toEqual(['2', '1', '0', '0']);
    expect(answers[1]?.headers['allow']).toBe('GET, HEAD');
    expect((await service.call('GET /v1/nowhere', { key: wrong, from: '198.51.100.29' })).status).toBe(401);
    expect((await service.call('GET /v1/nowhere')).status).toBe(404);
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

  it('is for a key, too, that may not be used from where it is', async () => {
    const key = await keyOf(service, 1000, { allowedIps: ['203.0.113.7'] });
    const codes: unknown[] = [];
    for (let tries = 0; tries < 55; tries += 1) {
      codes.push((await service.call('GET /v1/limits', { key, from: '198.51.100.27' })).body.code);
    }
    expect(codes).toEqual([...Array(50).fill('ip_not_allowed'), ...Array(5).fill('rate_limited')]);
    expect((await service.call('GET /v1/limits', { key, from: '203.0.113.7' })).status).toBe(200);
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
  const limit = 100;
  const atOnce = 20;
  let redis: RedisServer;
  let directories: readonly Awaited<ReturnType<typeof temporaryDirectory>>[];
  /** Two services that know nothing of each other but Redis: strangers of one address count together. */
  let refusing: HttpService;
  let counting: HttpService;

  beforeAll(async () => {
    redis = await RedisServer.start();
    directories = [await temporaryDirectory(), await temporaryDirectory()];
    const start = (index: 0 | 1, away: 'open' | 'closed') =>
      startHttp((directories[index] as { readonly path: string }).path, {
        variables: { REDIS_URL: redis.url, WAYBILL_REDIS_AWAY: away, WAYBILL_HTTP_UNKNOWN_PER_MINUTE: String(limit) },
      });
    refusing = await start(0, 'closed');
    counting = await start(1, 'open');
  });
  afterAll(async () => {
    await refusing.app.close();
    await counting.app.close();
    await redis.stop();
    for (const directory of directories) await directory.remove();
  });

  const guess = (service: HttpService, from: string) => service.call('GET /v1/limits', { key: wrong, from });
  /**
   * How many of twice as many as may come do, some at a time, by turns at each of the services: Redis must answer within a second, also on a busy
   * machine.
   */
  const admitted = async (services: readonly HttpService[], from: string) => {
    const answers: Awaited<ReturnType<typeof guess>>[] = [];
    while (answers.length < 2 * limit) {
      const guesses = Array.from({ length: atOnce }, (_, n) => guess(services[n % services.length]!, from));
      answers.push(...(await Promise.all(guesses)));
    }
    return { admitted: statuses(answers, 401), refused: statuses(answers, 429) };
  };
  const health = async (service: HttpService) => {
    const { status, body } = await service.call('GET /health/ready');
    return { status, counters: body.parts.requestCounters };
  };
  const exactly = { admitted: limit, refused: limit };
  const says = { status: expect.any(String), detail: expect.stringMatching(/^Redis is away/) };

  it('is one for all of them', async () => {
    expect(await admitted([refusing, counting], '198.51.100.23')).toEqual(exactly);
    for (const service of [refusing, counting])
      expect(await health(service)).toEqual({ status: 200, counters: { status: 'up' } });
  });

  it('while Redis is away, is each one’s own or refuses all, as configured; both say so', async () => {
    await redis.stop();
    const answer = await guess(refusing, '198.51.100.24');
    expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([
      503,
      'store_unavailable',
      expect.any(String),
    ]);
    expect(await health(refusing)).toEqual({ status: 503, counters: { ...says, status: 'down' } });
    expect(await admitted([counting], '198.51.100.24')).toEqual(exactly);
    expect(await health(counting)).toEqual({ status: 200, counters: { ...says, status: 'up' } });
  });

  it('once Redis is back, is one for all of them again, by themselves', async () => {
    await redis.listen();
    for (const service of [refusing, counting]) await eventually(async () => isUp(await health(service)));
    expect(await admitted([refusing, counting], '198.51.100.25')).toEqual(exactly);
  });
});

const isUp = ({ counters }: { readonly counters: object }): boolean => !('detail' in counters);
