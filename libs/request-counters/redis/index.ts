import { Redis, ReplyError } from 'ioredis';
import { checkAgainAndAgain } from '#lib/redis';
import { memoryCounters } from '../memory.js';
import { CountersUnavailable, hitsOf, type RequestCounters } from '../port.js';

export type RedisCountersOptions = {
  readonly url: string;
  /** While Redis is away, or refuses to count: `open`, each process counts alone; `closed`, nothing is counted and every call fails. */
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
/** Counted to find out whether Redis counts. No tracker of requests has such a name. */
const probeKey = `${keyPrefix}$probe`;
const probeTtlMs = 1000;

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

/** Why nothing was counted the last time: the server is away, or refuses to. */
type Trouble = { readonly is: 'away' | 'refusing'; readonly reason: string };

type Count = (key: string, ...args: readonly number[]) => Promise<readonly [number | string, number]>;

/**
 * Counts on a Redis server, for all processes together: every request exactly once. Connects in the background, again and again, also where a
 * connection is silent, or the server has become a replica of the one that counts.
 */
export const openRedisCounters = ({ url, away, log }: RedisCountersOptions): RequestCounters => {
  const redis = new Redis(url, {
    connectTimeout: answerTimeoutMs,
    commandTimeout: answerTimeoutMs,
    disconnectTimeout: answerTimeoutMs,
    maxRetriesPerRequest: 0, // a request that was sent may have been counted
    retryStrategy: (attempt) => Math.min(attempt * 100, maxReconnectWaitMs),
  });
  redis.defineCommand('countHit', { numberOfKeys: 1, lua: countScript });
  redis.defineCommand('countedHits', { numberOfKeys: 1, lua: countedScript });
  const scripts = redis as unknown as { readonly countHit: Count; readonly countedHits: Count };
  const alone = memoryCounters();
  let trouble: Trouble | undefined;
  let isSilent = false;

  const failed = (now: Trouble): void => {
    if (trouble === undefined)
      log.warn({ reason: now.reason, away }, `${inWords(now)}: requests are not counted together`);
    trouble = now;
  };
  const count = async (key: string, ttl: number): Promise<readonly [hits: number, msLeft: number]> => {
    if (trouble && (redis.status !== 'ready' || isSilent)) throw new Error(trouble.reason); // nothing waits for it
    try {
      const [hits, msLeft] = await scripts.countHit(key, ttl);
      if (trouble) log.info({}, 'Redis is back: requests are counted together');
      trouble = undefined;
      return [Number(hits), msLeft];
    } catch (error) {
      failed(troubleOf(error));
      throw error;
    }
  };
  const probe = () => count(probeKey, probeTtlMs);
  const orAlone = async <Result>(onAll: () => Promise<Result>, otherwise: () => Promise<Result>): Promise<Result> => {
    try {
      return await onAll();
    } catch (error) {
      if (away === 'open') return otherwise();
      throw new CountersUnavailable(`Requests cannot be counted: ${inWords(troubleOf(error))}`, { cause: error });
    }
  };

  redis.on('error', ({ message }: Error) => failed({ is: 'away', reason: message }));
  redis.on('ready', () => {
    isSilent = false;
    if (trouble) probe().catch(() => undefined); // `failed` has noted it
  });
  const endChecks = checkAgainAndAgain(redis, {
    isUseful: () => trouble?.reason.startsWith('READONLY') !== true, // its name may lead to another server by now
    onLost: () => {
      isSilent = true;
      failed(trouble ?? { is: 'away', reason: 'It does not answer' });
    },
  });

  return {
    increment: (key, ttl, limit) =>
      orAlone(
        async () => {
          const [hits, msLeft] = await count(`${keyPrefix}${key}`, ttl);
          return hitsOf(hits, msLeft, limit);
        },
        () => alone.increment(key, ttl, limit),
      ),
    counted: (key) =>
      orAlone(
        async () => {
          if (trouble) throw new Error(trouble.reason); // it may still answer what it counted last
          const [hits, msLeft] = await scripts.countedHits(`${keyPrefix}${key}`);
          return { totalHits: Number(hits), timeToExpire: Math.max(0, Math.ceil(msLeft / 1000)) };
        },
        () => alone.counted(key),
      ),
    health: async () => {
      try {
        await probe();
        return { status: 'up' };
      } catch (error) {
        const now = trouble ?? troubleOf(error);
        return away === 'open'
          ? { status: 'up', detail: `${inWords(now)} (${now.reason}): each process counts requests alone` }
          : { status: 'down', detail: `${inWords(now)}: ${now.reason}` };
      }
    },
    close: async () => {
      endChecks();
      redis.disconnect();
    },
  };
};

const troubleOf = (error: unknown): Trouble => ({
  is: error instanceof ReplyError ? 'refusing' : 'away',
  reason: error instanceof Error ? error.message : String(error),
});

const inWords = ({ is }: Trouble): string => (is === 'away' ? 'Redis is away' : 'Redis refuses to count');
