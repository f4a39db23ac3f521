import { Redis } from 'ioredis';
import { memoryCounters } from '../memory.js';
import { CountersUnavailable, hitsOf, type RequestCounters } from '../port.js';

export type RedisCountersOptions = {
  readonly url: string;
  /** While Redis is away: `open`, each process counts alone; `closed`, nothing is counted and every call fails. */
  readonly away: 'open' | 'closed';
  readonly log: {
    info(fields: object, text: string): void;
    warn(fields: object, text: string): void;
  };
};

/** A request waits no longer than this for Redis. */
const answerTimeoutMs = 1000;
const maxReconnectWaitMs = 2000;
const keyPrefix = 'waybill:requests:';

/** Counts, and answers how many that makes and the milliseconds that are left: one step, so that nobody counts in between. */
const countScript = `
local hits = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  left = tonumber(ARGV[1])
  redis.call('PEXPIRE', KEYS[1], left)
end
return {hits, left}`;
const countedScript = `return {redis.call('GET', KEYS[1]) or 0, redis.call('PTTL', KEYS[1])}`;

type Count = (key: string, ...args: readonly number[]) => Promise<readonly [number | string, number]>;

/** Counts on a Redis server, for all processes together: every request exactly once. Connects in the background, again and again. */
export const openRedisCounters = ({ url, away, log }: RedisCountersOptions): RequestCounters => {
  const redis = new Redis(url, {
    connectTimeout: answerTimeoutMs,
    commandTimeout: answerTimeoutMs,
    maxRetriesPerRequest: 0, // a request that was sent may have been counted
    retryStrategy: (attempt) => Math.min(attempt * 100, maxReconnectWaitMs),
  });
  let trouble: string | undefined;
  redis.on('error', ({ message }: Error) => {
    if (trouble === undefined) log.warn({ reason: message, away }, 'Redis is away: requests are not counted together');
    trouble = message;
  });
  redis.on('ready', () => {
    if (trouble !== undefined) log.info({}, 'Redis is back: requests are counted together');
    trouble = undefined;
  });
  redis.defineCommand('countHit', { numberOfKeys: 1, lua: countScript });
  redis.defineCommand('countedHits', { numberOfKeys: 1, lua: countedScript });
  const scripts = redis as unknown as { readonly countHit: Count; readonly countedHits: Count };
  const alone = memoryCounters();

  /** Nothing waits for a server that is known to be away. */
  const onRedis = async <Result>(work: () => Promise<Result>, otherwise: () => Promise<Result>): Promise<Result> => {
    try {
      if (trouble !== undefined && redis.status !== 'ready') throw new Error(trouble);
      return await work();
    } catch (error) {
      if (away === 'open') return otherwise();
      throw new CountersUnavailable('Requests cannot be counted: Redis is away', { cause: error });
    }
  };

  return {
    increment: (key, ttl, limit) =>
      onRedis(
        async () => {
          const [hits, msLeft] = await scripts.countHit(`${keyPrefix}${key}`, ttl);
          return hitsOf(Number(hits), msLeft, limit);
        },
        () => alone.increment(key, ttl, limit),
      ),
    counted: (key) =>
      onRedis(
        async () => {
          const [hits, msLeft] = await scripts.countedHits(`${keyPrefix}${key}`);
          return { totalHits: Number(hits), timeToExpire: Math.max(0, Math.ceil(msLeft / 1000)) };
        },
        () => alone.counted(key),
      ),
    health: async () => {
      try {
        if (trouble !== undefined && redis.status !== 'ready') throw new Error(trouble);
        await redis.ping();
        return { status: 'up' };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return away === 'open'
          ? { status: 'up', detail: `Redis is away (${reason}): each process counts requests alone` }
          : { status: 'down', detail: `Redis is away: ${reason}` };
      }
    },
    close: async () => redis.disconnect(),
  };
};
