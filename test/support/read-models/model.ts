import type { Json } from '#lib/json';
import type { Condition, DaySum, Fields, Scalar } from '#lib/read-models';

/** The expected behaviour of the views: the documents are a map, and every query scans it. */
export type Model = Map<string, Fields>;
export type Conditions = { readonly [field: string]: Condition };
export type Sort = { readonly field: string; readonly order: 'asc' | 'desc' };

export const modelFind = (
  model: Model,
  where: Conditions,
  sort: Sort | undefined,
  word?: string,
): readonly string[] => {
  const found = [...model].filter(([, doc]) => matches(doc, where) && (word === undefined || saysWord(doc, word)));
  const compare = ([a, x]: [string, Fields], [b, y]: [string, Fields]): number =>
    (sort ? compareValues(x[sort.field], y[sort.field]) : 0) || compareTexts(a, b);
  found.sort(compare);
  const ids = found.map(([id]) => id);
  return sort?.order === 'asc' ? ids : ids.reverse();
};

export const modelSumByDay = (
  model: Model,
  where: Conditions,
  day: string,
  sums: readonly string[],
): readonly DaySum[] => {
  const days = new Map<string, Fields[]>();
  for (const doc of model.values()) {
    const value = doc[day];
    if (typeof value !== 'string' || !matches(doc, where)) continue;
    const key = [...value].slice(0, 10).join('');
    days.set(key, [...(days.get(key) ?? []), doc]);
  }
  const sumOf = (docs: readonly Fields[], field: string): number =>
    docs.reduce((sum, { [field]: value }) => sum + (typeof value === 'number' ? value : 0), 0);
  return [...days]
    .sort(([a], [b]) => compareTexts(a, b))
    .map(([day, docs]) => ({
      day,
      count: docs.length,
      sums: Object.fromEntries(sums.map((field) => [field, sumOf(docs, field)])),
    }));
};

/** Texts in the model have one word. */
const saysWord = (doc: Fields, beginning: string): boolean =>
  typeof doc.text === 'string' && doc.text.toLowerCase().startsWith(beginning);

const matches = (doc: Fields, where: Conditions): boolean =>
  Object.entries(where).every(([field, condition]) => {
    const value = doc[field] ?? null;
    if (typeof condition !== 'object' || condition === null) return value === condition;
    if ('in' in condition) return condition.in.includes(value as Scalar);
    return Object.entries(condition).every(([bound, limit]) => within(value, bound, limit));
  });

const within = (value: Json, bound: string, limit: string | number): boolean => {
  if (typeof value !== typeof limit) return false;
  const difference = compareValues(value, limit);
  if (bound === 'gt') return difference > 0;
  if (bound === 'gte') return difference >= 0;
  return bound === 'lt' ? difference < 0 : difference <= 0;
};

const kinds = ['null', 'number', 'string', 'boolean', 'object'];
const kindOf = (value: Json | undefined): number =>
  kinds.indexOf(value === null || value === undefined ? 'null' : typeof value);

const compareValues = (a: Json | undefined, b: Json | undefined): number => {
  if (kindOf(a) !== kindOf(b)) return kindOf(a) - kindOf(b);
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  return typeof a === 'object' || a === undefined ? 0 : Number(a) - Number(b);
};

/** By code point, which is the order of UTF-8. */
const compareTexts = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
