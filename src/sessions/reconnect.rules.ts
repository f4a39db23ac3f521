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

/** How long to wait before an attempt (from 1). Where WhatsApp asks for a new connection, the first attempt is made at once. */
export const reconnectWaitMs = (
  attempt: number,
  { reason, retry, chance }: { readonly reason: string; readonly retry: 'at_once' | 'later'; readonly chance: number },
): number =>
  retry === 'at_once' && attempt === 1
    ? 0
    : retryWaitMs(reason === 'temporarily_banned' ? banned : usual, attempt, chance);

/** Whether a session still has to wait for its next attempt. One whose time is too far off was scheduled by another clock: it waits no longer. */
export const mustWait = (nextAttemptAt: string | null, nowMs: number): boolean => {
  const leftMs = nextAttemptAt === null ? 0 : Date.parse(nextAttemptAt) - nowMs;
  return leftMs > 0 && leftMs <= maxReconnectWaitMs;
};
