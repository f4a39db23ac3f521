import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { RequestCounters } from './port.js';

const minuteSeconds = 60;

/** Counts in this process alone. */
export const memoryCounters = (): RequestCounters => {
  /** Limits differ by user, so whoever asks compares them. */
  const limiter = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: minuteSeconds });
  return {
    count: async (key) => {
      const { consumedPoints, msBeforeNext } = await limiter.consume(key);
      return { count: consumedPoints, msBeforeNext };
    },
    counted: async (key) => {
      const found = await limiter.get(key);
      return { count: found?.consumedPoints ?? 0, msBeforeNext: found?.msBeforeNext ?? 0 };
    },
    health: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  };
};
