import { dayNamer, hourNamer, namesIn, type Period } from './periods.rules.js';
import {
  usageFigures,
  type UsageDocument,
  type UsageFigures,
  type UsageGrouping,
  type UsageRow,
} from './usage.contract.js';

/** Adds up documents, one at a time: there may be many. */
export type UsageTable = {
  readonly add: (document: UsageDocument) => void;
  readonly rows: () => readonly UsageRow[];
  readonly total: () => UsageFigures;
};

type Sums = { [figure in (typeof usageFigures)[number]]: number };

const nothing = (): Sums => Object.fromEntries(usageFigures.map((figure) => [figure, 0])) as Sums;

const addTo = (sums: Sums, document: UsageDocument): void => {
  for (const figure of usageFigures) sums[figure] += document[figure] ?? 0;
};

/** @throws {DomainError} `unknown_time_zone` */
export const usageTable = (groupBy: UsageGrouping, period: Period, timeZone: string): UsageTable => {
  const { groupOf, known } = grouping(groupBy, period, timeZone);
  const groups = new Map(known.map((group) => [group, nothing()]));
  const total = nothing();
  return {
    add: (document) => {
      addTo(total, document);
      const group = groupOf(document);
      if (group === undefined) return;
      const sums = groups.get(group) ?? nothing();
      groups.set(group, sums);
      addTo(sums, document);
    },
    rows: () => {
      const rows = [...groups].map(([group, sums]) => ({ group, ...sums }));
      return known.length > 0 ? rows : rows.toSorted((one, other) => (one.group < other.group ? -1 : 1));
    },
    total: () => total,
  };
};

type Grouping = {
  readonly groupOf: (document: UsageDocument) => string | undefined;
  /** Those that are there also where nothing was used. */
  readonly known: readonly string[];
};

const grouping = (groupBy: UsageGrouping, period: Period, timeZone: string): Grouping => {
  switch (groupBy) {
    case 'day':
    case 'hour': {
      const nameOf = groupBy === 'day' ? dayNamer(timeZone) : hourNamer(timeZone);
      return { groupOf: ({ quarter }) => nameOf(quarter), known: namesIn(period, nameOf) };
    }
    case 'session':
      return { groupOf: ({ sessionId }) => sessionId, known: [] };
    case 'user':
      return { groupOf: ({ userId }) => userId, known: [] };
    case 'kind':
      return { groupOf: ({ kind }) => kind, known: [] };
    case 'code':
      return { groupOf: ({ code }) => code, known: [] };
  }
};
