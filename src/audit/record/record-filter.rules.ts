/** What events of the record must have. */
export type RecordFilter = {
  readonly types?: readonly string[];
  readonly categories?: readonly string[];
  readonly userId?: string;
  /** ISO 8601: recorded at or after it. */
  readonly from?: string;
  /** ISO 8601: recorded before it. */
  readonly to?: string;
};

/** Events are recorded in the order of their times, but for clocks that were set back: not by more than this, it is assumed. */
export const clockMarginMs = 24 * 3600 * 1000;

/** Whether a filter matches an event whose type and category it matches. */
export const matchesRecord =
  ({ userId, from, to }: RecordFilter): ((event: { readonly data: unknown; readonly recordedAt: string }) => boolean) =>
  ({ data, recordedAt }) =>
    (userId === undefined || (data as { readonly userId?: unknown } | null)?.userId === userId) &&
    (from === undefined || recordedAt >= from) &&
    (to === undefined || recordedAt < to);

/** Whether nothing that a filter matches is recorded after an event of this time. */
export const isPast = ({ to }: RecordFilter, recordedAt: string): boolean =>
  to !== undefined && Date.parse(recordedAt) >= Date.parse(to) + clockMarginMs;
