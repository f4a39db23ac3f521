/** How long the files of users are kept. */
export type Retention = {
  /** Null where age is no reason to clean a file. */
  readonly maxAgeDays: number | null;
  /** Of all files together; null where there is room for all. */
  readonly maxBytes: number | null;
};

const dayMs = 24 * 60 * 60 * 1000;

/** When a file that was stored at a time is too old; null where it never is. All times are ISO 8601. */
export const expiryOf = (storedAt: string, { maxAgeDays }: Retention): string | null =>
  maxAgeDays === null ? null : new Date(Date.parse(storedAt) + maxAgeDays * dayMs).toISOString();

/** What was stored up to this time is too old; null where nothing is. */
export const oldUpTo = (now: string, { maxAgeDays }: Retention): string | null =>
  maxAgeDays === null ? null : new Date(Date.parse(now) - maxAgeDays * dayMs).toISOString();
