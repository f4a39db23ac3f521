/** Failed logins in a row of one client on one account. */
export type Rejections = {
  readonly count: number;
  readonly lastAt: string | null;
  readonly lockedUntil: string | null;
};

export const noRejections: Rejections = { count: 0, lastAt: null, lockedUntil: null };

const maxFreeRejections = 4;
const firstLockSeconds = 60;
const maxLockSeconds = 3600;
/** Failures that are further apart are not in a row. */
export const rejectionMemoryMs = 24 * 3600 * 1000;

/** After one more failed login at `at` (ISO 8601). */
export const rejectedAgain = ({ count, lastAt }: Rejections, at: string): Rejections => {
  const isInARow = lastAt !== null && Date.parse(at) - Date.parse(lastAt) < rejectionMemoryMs;
  const now = isInARow ? count + 1 : 1;
  return { count: now, lastAt: at, lockedUntil: lockedUntil(now, at) };
};

/** Seconds for which not even the right password is accepted at `at` (ISO 8601); 0 where it is. */
export const lockedForSeconds = ({ lockedUntil }: Rejections, at: string): number =>
  lockedUntil === null ? 0 : Math.max(0, Math.ceil((Date.parse(lockedUntil) - Date.parse(at)) / 1000));

/** A minute from the fifth failure on, doubling up to an hour; null while there are fewer. */
const lockedUntil = (count: number, at: string): string | null => {
  if (count <= maxFreeRejections) return null;
  const seconds = Math.min(maxLockSeconds, firstLockSeconds * 2 ** (count - maxFreeRejections - 1));
  return new Date(Date.parse(at) + seconds * 1000).toISOString();
};
