import type { RetryPolicy } from '#lib/async';

/** Bounds of waiting and of memory. */
export type Limits = {
  /** How long one answer of the server may take to come, or to go on, before the request is repeated. */
  readonly answerTimeoutMs: number;
  /** How long a read or an append is repeated before it fails with `StoreUnavailable`. */
  readonly giveUpAfterMs: number;
  /** How long the live feed may be down before those that follow the log are told. */
  readonly stallAfterMs: number;
  /** How many of the newest events are kept in memory for those that follow the log. */
  readonly maxRecentEvents: number;
  /** Of how many characters those are at most, as JSON. */
  readonly maxRecentCharacters: number;
  readonly retry: RetryPolicy;
};

export const defaultLimits: Limits = {
  answerTimeoutMs: 5000,
  giveUpAfterMs: 10_000,
  stallAfterMs: 5000,
  maxRecentEvents: 2000,
  maxRecentCharacters: 4 * 1024 * 1024,
  retry: { firstWaitMs: 50, maxWaitMs: 1000 },
};
