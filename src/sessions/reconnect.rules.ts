import { retryWaitMs, type RetryPolicy } from '#lib/async/policy';

const usual: RetryPolicy = { firstWaitMs: 1_000, maxWaitMs: 120_000 };
/** Each attempt during a ban may make it longer. */
const banned: RetryPolicy = { firstWaitMs: 300_000, maxWaitMs: 3_600_000 };

/** The longest that any session waits to connect again. */
export const maxReconnectWaitMs = banned.maxWaitMs;

/** A connection that lasted this long ends a row of failures. */
const steadyMs = 60_000;

/** The number of the next attempt. It grows while connections do not last, so that a session that flaps slows down. */
export const nextAttempt = (attempts: number, connectedAt: string | null, at: string): number =>
  connectedAt !== null && Date.parse(at) - Date.parse(connectedAt) >= steadyMs ? 1 : attempts + 1;

const recordedAttempts = 8;

/**
 * Whether one more failed attempt is no fact of its own: a session that cannot connect for days must not fill the log. It still waits for
 * the time that was recorded last, which has passed, and so is tried again every few minutes. During a ban every attempt is recorded: its
 * waits are long, and must be kept also after a restart.
 */
export const isNothingNew = (attempts: number, reason: string, before: string | null): boolean =>
  attempts >= recordedAttempts && !isBan(reason) && before !== null && !isBan(before);

const isBan = (reason: string): boolean => reason === 'temporarily_banned';

const policyFor = (reason: string): RetryPolicy => (isBan(reason) ? banned : usual);

/** How long to wait before an attempt (from 1). Where WhatsApp asks for a new connection, the first attempt is made at once. */
export const reconnectWaitMs = (
  attempt: number,
  { reason, retry, chance }: { readonly reason: string; readonly retry: 'at_once' | 'later'; readonly chance: number },
): number => (retry === 'at_once' && attempt === 1 ? 0 : retryWaitMs(policyFor(reason), attempt, chance));

/**
 * Failures that may be over when the service starts: it may be a newer version, or no longer run twice, and the phone may be up to date. A
 * banned account is left alone.
 */
const passingFailures: readonly string[] = ['client_outdated', 'replaced', 'multidevice_mismatch'];

export const mayHavePassed = (reason: string | null): boolean => reason !== null && passingFailures.includes(reason);

type Waiting = { readonly nextAttemptAt: string; readonly reason: string | null };

/**
 * When a session that waits is tried again (ISO 8601). A time that is further off than such a wait can be was recorded before the wall clock
 * was set back: then it is now.
 */
export const attemptDueAt = ({ nextAttemptAt, reason }: Waiting, nowMs: number): string => {
  const leftMs = Date.parse(nextAttemptAt) - nowMs;
  return leftMs > policyFor(reason ?? '').maxWaitMs ? new Date(nowMs).toISOString() : nextAttemptAt;
};

/**
 * Whether a session still has to wait for its next attempt when the service starts: only during a ban. Whatever else kept it from connecting
 * may be over. One whose time is further off than such a wait can be was scheduled by another clock: it waits no longer.
 */
export const mustWait = (
  { nextAttemptAt, reason }: { readonly nextAttemptAt: string | null; readonly reason: string | null },
  nowMs: number,
): boolean => {
  if (nextAttemptAt === null || reason === null || !isBan(reason)) return false;
  const leftMs = Date.parse(nextAttemptAt) - nowMs;
  return leftMs > 0 && leftMs <= banned.maxWaitMs;
};
