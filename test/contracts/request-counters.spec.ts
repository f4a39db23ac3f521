import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CountersUnavailable, memoryCounters, type RequestCounters } from '#lib/request-counters';
import { openRedisCounters } from '#lib/request-counters/redis';
import { newId } from '#lib/ids';
import { eventually } from '../support/eventually.js';
import { startPlatform } from '../support/platform-app.js';
import { hasRedis, RedisServer } from '../support/redis-server.js';
import { quiet } from '../support/stores.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const counts = (answers: readonly { readonly count: number }[]): readonly number[] =>
  answers.map(({ count }) => count).sort((a, b) => a - b);

const upTo = (end: number): readonly number[] => Array.from({ length: end }, (_, index) => index + 1);

/** `open` opens a process's counters on what all share. */
const contract = (name: string, open: () => RequestCounters): void => {
  describe(`request counters: ${name}`, () => {
    let counters: RequestCounters;
    beforeAll(() => void (counters = open()));
    afterAll(() => counters.close());

    it('count each request once, however many come at the same time', async () => {
      const key = newId();
      const answers = await Promise.all(upTo(300).map(() => counters.count(key)));
      expect(counts(answers)).toEqual(upTo(300));
      const { count, msBeforeNext } = await counters.counted(key);
      expect(count).toBe(300);
      expect(msBeforeNext).toBeGreaterThan(0);
      expect(msBeforeNext).toBeLessThanOrEqual(60_000);
    });

    it('count each key for itself, and nothing by asking', async () => {
      expect(await counters.counted(newId())).toEqual({ count: 0, msBeforeNext: 0 });
      expect((await counters.count(newId())).count).toBe(1);
    });
  });
};

contract('memory', memoryCounters);

(hasRedis() ? describe : describe.skip)('with redis-server (Debian’s package)', () => {
  let redis: RedisServer;
  const open = (away: 'open' | 'closed' = 'open'): RequestCounters =>
    openRedisCounters({ url: redis.url, away, log: quiet });
  beforeAll(async () => void (redis = await RedisServer.start()));
  afterAll(() => redis.stop());

  contract('Redis', open);

  it('several processes count together', async () => {
    const processes = [open(), open(), open()];
    const key = newId();
    const answers = await Promise.all(upTo(300).map((n) => (processes[n % 3] as RequestCounters).count(key)));
    expect(counts(answers)).toEqual(upTo(300));
    for (const one of processes) await one.close();
  });

  it('while Redis is away, each process counts alone or refuses, as configured, and says so', async () => {
    const [lenient, strict] = [open('open'), open('closed')];
    const key = newId();
    expect((await lenient.count(key)).count).toBe(1);
    expect((await strict.count(key)).count).toBe(2);
    await redis.stop();
    await eventually(async () => (await lenient.count(key)).count >= 2);
    await expect(strict.count(key)).rejects.toThrow(CountersUnavailable);
    expect(await lenient.health()).toMatchObject({ status: 'up', detail: expect.stringMatching(/Redis is away/) });
    expect(await strict.health()).toMatchObject({ status: 'down', detail: expect.stringMatching(/Redis is away/) });
    await redis.listen();
    const back = newId();
    await eventually(async () => (await strict.count(back)).count > 0);
    await eventually(async () => (await lenient.count(back)).count > 1);
    expect(await lenient.health()).toEqual({ status: 'up' });
    for (const one of [lenient, strict]) await one.close();
  });
});

it('the service is not ready while requests are refused because Redis is away', async () => {
  const directory = await temporaryDirectory();
  const { app } = await startPlatform(directory.path, {
    REDIS_URL: 'redis://127.0.0.1:1',
    WAYBILL_REDIS_AWAY: 'closed',
  });
  const ready = await app.inject('/health/ready');
  expect([ready.statusCode, ready.json().detail]).toEqual([
    503,
    expect.stringMatching(/requestCounters: Redis is away/),
  ]);
  await app.close();
  await directory.remove();
});
