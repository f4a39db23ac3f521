import type { PeriodNamer } from '#lib/time-zones';
import { dayNamer, hourNamer, namesIn, spansIn, type Period } from './periods.rules.js';
import {
  usageFigures,
  type ConnectionDocument,
  type UsageDocument,
  type UsageFigures,
  type UsageGrouping,
  type UsageRow,
} from './usage.contract.js';

/** Adds up documents, one at a time: there may be many. */
export type UsageTable = {
  readonly add: (document: UsageDocument) => void;
  /** The part of a connection that is in the period and before `now` (ISO 8601). */
  readonly addConnection: (document: ConnectionDocument, now: string) => void;
  readonly rows: () => readonly UsageRow[];
  readonly total: () => UsageFigures;
};

const counted = usageFigures.filter((figure) => figure !== 'connectedMinutes');
type Sums = { [figure in (typeof counted)[number]]: number } & { connectedMs: number };

const nothing = (): Sums => ({ ...Object.fromEntries(counted.map((figure) => [figure, 0])), connectedMs: 0 }) as Sums;

const minuteMs = 60_000;

/** Minutes are rounded once, so that rows have what they really have. */
const figuresOf = ({ connectedMs, ...sums }: Sums): UsageFigures => ({
  ...sums,
  connectedMinutes: Math.round(connectedMs / minuteMs),
});

const addTo = (sums: Sums, document: UsageDocument): void => {
  for (const figure of counted) sums[figure] += document[figure] ?? 0;
};

/** @throws {DomainError} `unknown_time_zone` */
export const usageTable = (groupBy: UsageGrouping, period: Period, timeZone: string): UsageTable => {
  const { groupOf, spans, known } = grouping(groupBy, period, timeZone);
  const groups = new Map(known.map((group) => [group, nothing()]));
  const total = nothing();

  const sumsOf = (group: string): Sums => {
    const sums = groups.get(group) ?? nothing();
    groups.set(group, sums);
    return sums;
  };

  return {
    add: (document) => {
      addTo(total, document);
      const group = groupOf(document);
      if (group !== undefined) addTo(sumsOf(group), document);
    },
    addConnection: (connection, now) => {
      const since = Math.max(Date.parse(connection.since), Date.parse(period.from));
      const until = Math.min(Date.parse(connection.until), Date.parse(period.to), Date.parse(now));
      if (since >= until) return;
      total.connectedMs += until - since;
      for (const { group, ms } of spans(connection, since, until)) sumsOf(group).connectedMs += ms;
    },
    rows: () => {
      const rows = [...groups].map(([group, sums]) => ({ group, ...figuresOf(sums) }));
      return known.length > 0 ? rows : rows.toSorted((one, other) => (one.group < other.group ? -1 : 1));
    },
    total: () => figuresOf(total),
  };
};

type Span = { readonly group: string; readonly ms: number };

type Grouping = {
  readonly groupOf: (document: UsageDocument) => string | undefined;
  /** How the time of a connection is spread over groups. In milliseconds since 1970. */
  readonly spans: (connection: ConnectionDocument, since: number, until: number) => Iterable<Span>;
  /** Those that are there also where nothing was used. */
  readonly known: readonly string[];
};

const grouping = (groupBy: UsageGrouping, period: Period, timeZone: string): Grouping => {
  switch (groupBy) {
    case 'day':
    case 'hour':
      return byTime(period, groupBy === 'day' ? dayNamer(timeZone) : hourNamer(timeZone));
    case 'session':
      return byOne(
        ({ sessionId }) => sessionId,
        ({ sessionId }) => sessionId,
      );
    case 'user':
      return byOne(
        ({ userId }) => userId,
        ({ userId }) => userId,
      );
    case 'kind':
      return byOne(({ kind }) => kind);
    case 'code':
      return byOne(({ code }) => code);
  }
};

const byOne = (
  groupOf: Grouping['groupOf'],
  ofConnection: (connection: ConnectionDocument) => string | undefined = () => undefined,
): Grouping => ({
  groupOf,
  spans: (connection, since, until) => {
    const group = ofConnection(connection);
    return group === undefined ? [] : [{ group, ms: until - since }];
  },
  known: [],
});

const byTime = (period: Period, nameOf: PeriodNamer): Grouping => {
  const spans = spansIn(period, nameOf);
  return {
    groupOf: ({ quarter }) => nameOf(quarter),
    known: namesIn(period, nameOf),
    spans: function* (_connection, since, until) {
      for (let at = firstAfter(spans, since); at < spans.length; at += 1) {
        const { name: group, from, to } = spans[at] as (typeof spans)[number];
        if (from >= until) return;
        yield { group, ms: Math.min(until, to) - Math.max(since, from) };
      }
    },
  };
};

/** The place of the first span that ends after a time: they are in order. */
const firstAfter = (spans: readonly { readonly to: number }[], time: number): number => {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.to ?? Infinity) > time) high = middle;
    else low = middle + 1;
  }
  return low;
};
