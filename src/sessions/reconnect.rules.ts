/** Waits in milliseconds: doubling from the first to the longest. */
type Patience = { readonly first: number; readonly longest: number };

const usual: Patience = { first: 1_000, longest: 120_000 };
/** Whoever knocks on during a ban makes it longer. */
const banned: Patience = { first: 300_000, longest: 3_600_000 };

/** A connection that lasted so long, in milliseconds, ends a row of failures. */
const steady = 60_000;

/** The number of the next attempt: counted on where the last connection did not last, so that a session that flaps slows down. */
export const nextAttempt = (attempts: number, connectedAt: string | null, at: string): number =>
  connectedAt !== null && Date.parse(at) - Date.parse(connectedAt) >= steady ? 1 : attempts + 1;

/**
 * How long to wait before an attempt (from 1), in milliseconds. The half of each wait is left to chance (0 to 1), so that sessions that
 * were disconnected together do not come back together. Where WhatsApp asks for a new connection, the first one is made at once.
 */
export const waitBefore = (
  attempt: number,
  { reason, retry, chance }: { readonly reason: string; readonly retry: 'at_once' | 'later'; readonly chance: number },
): number => {
  if (retry === 'at_once' && attempt === 1) return 0;
  const { first, longest } = reason === 'temporarily_banned' ? banned : usual;
  const full = Math.min(longest, first * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full / 2 + (full / 2) * chance);
};
