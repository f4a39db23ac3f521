import { DomainError } from '#lib/event-sourcing';

const freeAttempts = 5;
const firstLockSeconds = 60;
const longestLockSeconds = 3600;
/** Rejections that lie further apart are not in a row, in milliseconds. */
const memory = 24 * 3600 * 1000;

/** Rejected logins in a row. */
export type Rejections = {
  readonly count: number;
  readonly lastAt: string | null;
  readonly lockedUntil: string | null;
};

export const noRejections: Rejections = { count: 0, lastAt: null, lockedUntil: null };

/** What there is after one more rejected login. @throws {LockedOut} */
export const rejectedAgain = (before: Rejections, at: string): Rejections => {
  refuseWhileLocked(before, at);
  const { count } = counted(before, at);
  return { count, lastAt: at, lockedUntil: lockedUntil(count, at) };
};

/** One more in the row, or the first of a new one. */
export const counted = ({ count, lastAt }: Rejections, at: string): Pick<Rejections, 'count' | 'lastAt'> => {
  const isInARow = lastAt !== null && Date.parse(at) - Date.parse(lastAt) < memory;
  return { count: isInARow ? count + 1 : 1, lastAt: at };
};

/** @throws {LockedOut} */
export const refuseWhileLocked = ({ lockedUntil }: Rejections, at: string): void => {
  if (lockedUntil !== null && at < lockedUntil) throw new LockedOut(lockedUntil);
};

/** After too many rejected logins not even the right password opens. */
export class LockedOut extends DomainError {
  constructor(readonly until: string) {
    super('limited', 'locked_out', `Too many failed logins: locked out until ${until}`);
  }
}

/**
 * Until when an admin is locked out after so many rejected logins in a row, the last one at `at` (ISO 8601):
 * a minute from the fifth on, doubling up to an hour; `null` while there are fewer.
 */
export const lockedUntil = (rejections: number, at: string): string | null => {
  if (rejections < freeAttempts) return null;
  const seconds = Math.min(longestLockSeconds, firstLockSeconds * 2 ** (rejections - freeAttempts));
  return new Date(Date.parse(at) + seconds * 1000).toISOString();
};
