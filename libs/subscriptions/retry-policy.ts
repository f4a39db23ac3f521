import { setTimeout as delay } from 'node:timers/promises';

/** How often and how soon something is tried again. Waits in milliseconds. */
export type RetryPolicy = {
  /** Attempts at one event before it is parked, the first included. */
  readonly attempts: number;
  readonly firstWait: number;
  readonly longestWait: number;
};

export const defaultRetryPolicy: RetryPolicy = { attempts: 5, firstWait: 100, longestWait: 30_000 };

/** The wait after so many failures in a row: doubling, and never the same for two that fail together (`chance` from 0 to 1). */
export const waitAfter = (policy: RetryPolicy, failures: number, chance: number = Math.random()): number => {
  const full = Math.min(policy.longestWait, policy.firstWait * 2 ** Math.min(failures - 1, 30));
  return full / 2 + (full / 2) * chance;
};

/** Waits, or returns early when the signal is aborted. */
export const pause = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
  try {
    await delay(milliseconds, undefined, { signal, ref: false });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

/** True for trouble of the stores themselves, which passes by and says nothing against the event at hand. */
export const isPassing = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'StoreUnavailable' || error.name === 'ReadModelsUnavailable');
