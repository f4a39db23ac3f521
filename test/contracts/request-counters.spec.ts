import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CountersUnavailable, memoryCounters, type RequestCounters } from '#lib/request-counters';
import { openRedisCounters } from '#lib/request-counters/redis';
import { newId } from '#lib/ids';
import { CutLine } from '../support/cut-line.js';
import { eventually } from '../support/eventually.js';
import { freeClock, passSeconds, setClock } from '../support/http-time.js';
import { startPlatform } from '../support/platform-app.js';
import { hasRedis, RedisServer } from '../support/redis-server.js';
import { quiet } from '../support/stores.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const counts = (answers: readonly { readonly totalHits: number }[]): readonly number[] =>
  answers.map(({ totalHits }) => totalHits).sort((a, b) => a - b);

const minuteMs = 60_000;

const upTo = (end: number): readonly number[] => Array.from({ length: end }, (_, index) => index + 1);

/** `open` opens a process's counters on what all share. */
const contract = (name: string, open: () => RequestCounters): void => {
  describe(`request counters: ${name}`, () => {
    let counters: RequestCounters;
    beforeAll(() => void (counters = open()));
    afterAll(() => counters.close());

    it('count each request once, however many come at the same time', async () => {
      const key = newId();
      const answers = await Promise.all(upTo(300).map(() => counters.increment(key, minuteMs, 100)));
      expect(counts(answers)).toEqual(upTo(300));
      const { totalHits, timeToExpire } = await counters.counted(key);
      expect(totalHits).toBe(300);
      expect(timeToExpire).toBeGreaterThan(0);
      expect(timeToExpire).toBeLessThanOrEqual(60);
      expect(answers.filter(({ isBlocked }) => isBlocked)).toHaveLength(200);
    });

    it('begin a new window when one has ended, and block nobody for longer', async () => {
      const key = newId();
      const windowMs = 300;
      for (const blocked of [false, true]) {
        expect(await counters.increment(key, windowMs, 1)).toMatchObject({ isBlocked: blocked, timeToExpire: 1 });
      }
      await eventually(async () => (await counters.counted(key)).totalHits === 0);
      expect(await counters.increment(key, windowMs, 1)).toMatchObject({ totalHits: 1, isBlocked: false });
    });

    it('count each key for itself, and nothing by asking', async () => {
      expect(await counters.counted(newId())).toEqual({ totalHits: 0, timeToExpire: 0 });
      expect((await counters.increment(newId(), minuteMs, 1)).totalHits).toBe(1);
    });
  });
};

contract('memory', memoryCounters);

describe('a window in memory', () => {
  afterEach(freeClock);

  it.each([-24, 24])('has ended after its time, whenever the time of day is set by %s hours', async (hours) => {
    const counters = memoryCounters();
    const count = (key: string) => counters.increment(key, minuteMs, 1);
    for (let n = 0; n < 50; n += 1) await count(`key ${n}`);
    passSeconds(58);
    expect(await count('key 7')).toEqual({ totalHits: 2, timeToExpire: 2, isBlocked: true, timeToBlockExpire: 2 });
    setClock(Date.now() + hours * 3600 * 1000);
    expect(await count('key 7')).toMatchObject({ totalHits: 3, timeToExpire: 2, isBlocked: true });
    passSeconds(2);
    expect(await count('key 7')).toMatchObject({ totalHits: 1, isBlocked: false });
  });
});

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
    const answers = await Promise.all(
      upTo(300).map((n) => (processes[n % 3] as RequestCounters).increment(key, minuteMs, 100)),
    );
    expect(counts(answers)).toEqual(upTo(300));
    for (const one of processes) await one.close();
  });

  it('while Redis is away, each process counts alone or refuses, as configured, and says so', async () => {
    const [lenient, strict] = [open('open'), open('closed')];
    const key = newId();
    expect((await lenient.increment(key, minuteMs, 1)).totalHits).toBe(1);
    expect((await strict.increment(key, minuteMs, 1)).totalHits).toBe(2);
    await redis.stop();
    await eventually(async () => (await lenient.increment(key, minuteMs, 1)).totalHits >= 2);
    await expect(strict.increment(key, minuteMs, 1)).rejects.toThrow(CountersUnavailable);
    expect(await lenient.health()).toMatchObject({ status: 'up', detail: expect.stringMatching(/Redis is away/) });
    expect(await strict.health()).toMatchObject({ status: 'down', detail: expect.stringMatching(/Redis is away/) });
    await redis.listen();
    const back = newId();
    await eventually(async () => (await strict.increment(back, minuteMs, 1)).totalHits > 0);
    await eventually(async () => expect(await lenient.health()).toEqual({ status: 'up' }));
    expect((await lenient.increment(back, minuteMs, 1)).totalHits).toBeGreaterThan(1);
    for (const one of [lenient, strict]) await one.close();
  });

  it('a connection that is cut in silence is known to be within seconds: no request waits for it, and another one is made', async () => {
    const line = await CutLine.to(redis.url);
    const url = `redis://127.0.0.1:${line.port}`;
    const counters = openRedisCounters({ url, away: 'open', log: quiet });
    const key = newId();
    expect((await counters.increment(key, minuteMs, 1)).totalHits).toBe(1);
    line.silence();
    const msOfOne = async (): Promise<number> => {
      const before = performance.now();
      await counters.increment(newId(), minuteMs, 1);
      return performance.now() - before;
    };
    await eventually(async () => (await msOfOne()) < 100, 15_000);
    for (let n = 0; n < 20; n += 1) expect(await msOfOne()).toBeLessThan(900); // one that waits takes a second
    expect(await counters.health()).toMatchObject({ detail: expect.stringMatching(/^Redis is away/) });
    line.mend();
    await eventually(async () => (await counters.health())?.detail === undefined, 15_000);
    expect((await counters.increment(key, minuteMs, 1)).totalHits).toBe(2);
    await counters.close();
    await line.stop();
  });

  it.each([
    ['a replica', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE'], /READONLY/],
    ['full', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0'], /OOM/],
  ] as const)(
    'a Redis that refuses to count, since it is %s, is told once, and counts as one that is away',
    async (_why, refuse, goOn, reason) => {
      const said: string[] = [];
      const note = (_fields: object, text: string): void => void said.push(text);
      const openTold = (away: 'open' | 'closed') =>
        openRedisCounters({ url: redis.url, away, log: { info: note, warn: note } });
      const [lenient, strict] = [openTold('open'), openTold('closed')];
      const key = newId();
      for (const one of [lenient, strict]) await one.increment(key, minuteMs, 9);
      const [order, ...args] = refuse;
      await redis.command(order, ...args);
      for (const hits of [1, 2, 3]) expect((await lenient.increment(key, minuteMs, 9)).totalHits).toBe(hits);
      expect((await lenient.counted(key)).totalHits).toBe(3);
      for (let n = 0; n < 3; n += 1)
        await expect(strict.increment(key, minuteMs, 9)).rejects.toThrow(CountersUnavailable);
      expect(await lenient.health()).toMatchObject({ status: 'up', detail: expect.stringMatching(reason) });
      expect(await strict.health()).toMatchObject({ status: 'down', detail: expect.stringMatching(reason) });
      expect(said).toEqual(
        Array.from({ length: 2 }, () => 'Redis refuses to count: requests are not counted together'),
      );
      await redis.command(goOn[0], ...goOn.slice(1));
      for (const one of [lenient, strict]) expect(await one.health()).toEqual({ status: 'up' });
      expect((await strict.increment(key, minuteMs, 9)).totalHits).toBe(3);
      expect(said.slice(2)).toEqual(Array.from({ length: 2 }, () => 'Redis is back: requests are counted together'));
      for (const one of [lenient, strict]) await one.close();
    },
  );
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
