import type { Config } from '#config';
import { memoryCounters, type RequestCounters } from '#lib/request-counters';
import type { Log } from '#lib/subscriptions';

/** Where requests are counted: on the Redis server that is configured, or in this process. */
export const openCounters = async (
  { REDIS_URL: url, WAYBILL_REDIS_AWAY: away }: Config,
  log: Log,
): Promise<RequestCounters> => {
  if (url === undefined) return memoryCounters();
  // Loaded only here: most installations have no server.
  const { openRedisCounters } = await import('#lib/request-counters/redis');
  return openRedisCounters({ url, away, log });
};
