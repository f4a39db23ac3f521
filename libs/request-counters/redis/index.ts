import { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { memoryCounters } from '../memory.js';
import { CountersUnavailable, type RequestCounters } from '../port.js';

export type RedisCountersOptions = {
  readonly url: string;
  /** While Redis is away: `open`, each process counts alone; `closed`, nothing is counted and every call fails. */
  readonly away: 'open' | 'closed';
  readonly log: {
    info(fields: object, text: string): void;
    warn(fields: object, text: string): void;
  };
};

const minuteSeconds = 60;
/** A request waits no longer than this for Redis. */
const answerTimeoutMs = 1000;
const maxReconnectWaitMs = 2000;
const keyPrefix = 'waybill:requests';

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
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix,
    points: Number.MAX_SAFE_INTEGER,
    duration: minuteSeconds,
  });
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
    count: (key) =>
      onRedis(
        async () => {
          const { consumedPoints, msBeforeNext } = await limiter.consume(key);
          return { count: consumedPoints, msBeforeNext };
        },
        () => alone.count(key),
      ),
    counted: (key) =>
      onRedis(
        async () => {
          const found = await limiter.get(key);
          return { count: found?.consumedPoints ?? 0, msBeforeNext: found?.msBeforeNext ?? 0 };
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
