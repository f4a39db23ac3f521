import { dayNamer, hourNamer } from './periods.rules.js';
import { usageFigures, type Usage, type UsageGrouping, type UsageRequests, type UsageRow } from './usage.contract.js';

/** Usage with the requests of users; null: they cannot be counted at the moment. */
export type ReportedUsage = Omit<Usage, 'rows' | 'total'> & {
  readonly rows: readonly (UsageRow & UsageRequests)[];
  readonly total: Usage['total'] & UsageRequests;
};

/** Of a user or a quarter of an hour: see `requestsBy`. */
type Sum = { readonly of: string; readonly requests: number };

/** What requests are to be added up for before they are grouped. */
export const requestsBy = (groupBy: UsageGrouping): 'user' | 'quarter' =>
  groupBy === 'day' || groupBy === 'hour' ? 'quarter' : 'user';

/** Adds up requests. */
export type RequestSums = {
  readonly add: (sum: Sum) => void;
  readonly byGroup: ReadonlyMap<string, number>;
  readonly total: () => number;
};

/** @throws {DomainError} `unknown_time_zone` */
export const requestSums = (groupBy: UsageGrouping, timeZone: string): RequestSums => {
  const groupOf = grouping(groupBy, timeZone);
  const byGroup = new Map<string, number>();
  let total = 0;
  return {
    add: ({ of, requests }) => {
      total += requests;
      const group = groupOf(of);
      if (group !== undefined) byGroup.set(group, (byGroup.get(group) ?? 0) + requests);
    },
    byGroup,
    total: () => total,
  };
};

const grouping = (groupBy: UsageGrouping, timeZone: string): ((of: string) => string | undefined) => {
  if (groupBy === 'user') return (userId) => userId;
  if (groupBy !== 'day' && groupBy !== 'hour') return () => undefined;
  const nameOf = groupBy === 'day' ? dayNamer(timeZone) : hourNamer(timeZone);
  return nameOf;
};

/** Users who made requests and used nothing else get a row, too. */
export const withRequests = (usage: Usage, groupBy: UsageGrouping, sums: RequestSums | undefined): ReportedUsage => {
  const known = new Set(usage.rows.map(({ group }) => group));
  const others = [...(sums?.byGroup.keys() ?? [])].filter((group) => !known.has(group)).map(nothingIn);
  const all = groupBy === 'user' ? [...usage.rows, ...others].toSorted(byName) : usage.rows;
  return {
    ...usage,
    rows: all.map((row) => ({ ...row, requests: sums ? (sums.byGroup.get(row.group) ?? 0) : null })),
    total: { ...usage.total, requests: sums ? sums.total() : null },
  };
};

const nothingIn = (group: string): UsageRow =>
  ({ group, ...Object.fromEntries(usageFigures.map((figure) => [figure, 0])) }) as UsageRow;

const byName = (one: UsageRow, other: UsageRow): number => (one.group < other.group ? -1 : 1);
