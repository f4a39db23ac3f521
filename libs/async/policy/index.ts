/** Growing waits between attempts: the first one, doubling up to the longest. Half of each wait is random. */
export type RetryPolicy = { readonly firstWaitMs: number; readonly maxWaitMs: number };

/**
 * The wait before the next attempt, after so many failures in a row (from 1). `chance` (0 to 1) spreads those that failed together.
 */
export const retryWaitMs = (
  { firstWaitMs, maxWaitMs }: RetryPolicy,
  failures: number,
  chance: number = Math.random(),
): number => {
  const full = Math.min(maxWaitMs, firstWaitMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full / 2 + (full / 2) * chance);
};

/** For what fails because a store or a server is in trouble: soon again at first, and never rarer than twice a minute. */
export const usualRetry: RetryPolicy = { firstWaitMs: 100, maxWaitMs: 30_000 };
