const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** The waits after the first, the second, … attempt that failed: about 24 hours in all. Then a delivery is parked. */
export const retryWaitsMs: readonly number[] = [
  5 * second,
  30 * second,
  2 * minute,
  10 * minute,
  30 * minute,
  hour,
  2 * hour,
  4 * hour,
  6 * hour,
  10 * hour,
];
/** By so much of it a wait is longer or shorter, so that what failed together does not come back together. */
const jitter = 0.2;
/** A server that asks for more is asked after this. */
export const maxRetryWaitMs = 24 * hour;
/** A webhook without a success for so long is disabled. */
export const maxFailingMs = 5 * 24 * hour;
/**
 * After so many failed attempts, a delivery no longer holds back those behind it in its chat, where the webhook wants them in order: about
 * 43 minutes after the first.
 */
export const maxHoldingAttempts = 5;

/** How an attempt ended: with a status, or without one and why. */
export type Ending =
  | { readonly status: number; readonly retryAfter: string | undefined }
  | { readonly status: null; readonly problem: string };

export const isSuccess = ({ status }: Ending): boolean => status !== null && status >= 200 && status < 300;

/** The server says that nothing is wanted there any more. */
export const isGone = ({ status }: Ending): boolean => status === 410;

/** Why an attempt failed: a sentence. */
export const problemOf = (ending: Ending): string => {
  if (ending.status === null) return ending.problem;
  const isRedirect = ending.status >= 300 && ending.status < 400;
  return `The server answered with HTTP status ${ending.status}${isRedirect ? ': redirects are not followed' : ''}`;
};

/**
 * The wait before the next attempt, after so many that failed; null where that was the last. `chance` (0 to 1) spreads those that failed
 * together, `now` reads a `Retry-After` that is a date.
 */
export const waitAfter = (failures: number, ending: Ending, chance: number, now: number): number | null => {
  const usual = retryWaitsMs[failures - 1];
  if (usual === undefined || isGone(ending)) return null;
  const wait = usual * (1 - jitter + 2 * jitter * chance);
  const asked = ending.status === null ? 0 : askedWaitMs(ending.retryAfter, now);
  return Math.round(Math.min(maxRetryWaitMs, Math.max(wait, asked)));
};

const askedWaitMs = (retryAfter: string | undefined, now: number): number => {
  if (retryAfter === undefined) return 0;
  const asked = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * second : Date.parse(retryAfter) - now;
  return Number.isFinite(asked) ? asked : 0;
};
