import { hitsOf, type Counted, type RequestCounters } from './port.js';

type Window = { hits: number; readonly beganAt: number; readonly ttl: number };

/** Ended windows that are removed whenever one begins: more than one, so that they do not pile up. */
const removedAtOnce = 4;

/** Counts in this process alone. Windows are measured by the monotonic clock: none ends earlier or later where the time of day is set. */
export const memoryCounters = (): RequestCounters => {
  /** In the order in which they began. */
  const windows = new Map<string, Window>();

  const msLeft = ({ beganAt, ttl }: Window): number => beganAt + ttl - performance.now();

  const open = (key: string): Window | undefined => {
    const window = windows.get(key);
    return window && msLeft(window) > 0 ? window : undefined;
  };

  const begin = (key: string, ttl: number): Window => {
    removeEnded();
    const window = { hits: 0, beganAt: performance.now(), ttl };
    windows.delete(key);
    windows.set(key, window);
    return window;
  };

  const removeEnded = (): void => {
    let looked = 0;
    for (const [key, window] of windows) {
      if (msLeft(window) <= 0) windows.delete(key);
      if ((looked += 1) === removedAtOnce) return;
    }
  };

  return {
    increment: async (key, ttl, limit) => {
      const window = open(key) ?? begin(key, ttl);
      window.hits += 1;
      return hitsOf(window.hits, msLeft(window), limit);
    },
    counted: async (key): Promise<Counted> => {
      const window = open(key);
      return window
        ? { totalHits: window.hits, timeToExpire: Math.ceil(msLeft(window) / 1000) }
        : { totalHits: 0, timeToExpire: 0 };
    },
    health: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  };
};
