const freeAttempts = 5;
const firstLockSeconds = 60;
const longestLockSeconds = 3600;

/**
 * Until when an admin is locked out after so many rejected logins in a row, the last one at `at` (ISO 8601):
 * a minute from the fifth on, doubling up to an hour; `null` while there are fewer.
 */
export const lockedUntil = (rejections: number, at: string): string | null => {
  if (rejections < freeAttempts) return null;
  const seconds = Math.min(longestLockSeconds, firstLockSeconds * 2 ** (rejections - freeAttempts));
  return new Date(Date.parse(at) + seconds * 1000).toISOString();
};
