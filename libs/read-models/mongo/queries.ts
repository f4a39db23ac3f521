import { checkField, checkFind } from '../checks.js';
import type { AnyCollection } from '../collection.js';
import { decodeCursor, type LastOfPage } from '../cursor.js';
import type { Condition, Find, SumByDay } from '../port.js';
import { searchTermsOf } from '../words.js';
import type { Fields } from '../write.js';
import { anyDocument, cellOf } from './rows.js';
import { allOf, beyond, type Filter, whereFilters } from './where.js';

type Conditions = { readonly [field: string]: Condition };
type Sort = { readonly [field: string]: 1 | -1 };

export type PageQuery = { readonly filter: Filter; readonly sort: Sort };

/** @throws {InvalidCursor | RangeError | TypeError} */
export const pageQuery = <Doc extends Fields>(collection: AnyCollection, find: Find<Doc>): PageQuery => {
  checkFind(collection, find);
  const { sort, where, search } = find;
  const order = sort?.order ?? 'desc';
  const direction = order === 'asc' ? 1 : -1;
  if (sort) checkField(sort.field);
  const last = decodeCursor(collection, find);
  const filters = [
    anyDocument,
    ...whereFilters(where as Conditions | undefined),
    ...searchFilters(search),
    ...(last ? [after(sort, order, last)] : []),
  ];
  return { filter: allOf(filters), sort: { ...(sort && { [sort.field]: direction }), _id: direction } };
};

/** The documents after the last one of a page. Each alternative is a range of an index, so that the server can merge them in order. */
const after = (
  sort: { readonly field: string; readonly isUnique?: true } | undefined,
  order: 'asc' | 'desc',
  { value, id }: LastOfPage,
): Filter => {
  const later = { _id: { [order === 'asc' ? '$gt' : '$lt']: id } };
  if (!sort) return later;
  const { field, isUnique } = sort;
  const ties = isUnique && value !== null ? [] : [{ [field]: cellOf(value), ...later }];
  return { $or: [...ties, ...beyond(field, value, order)] };
};

/** Words have letters and digits only, so nothing in them has a meaning in a regular expression. Without a word it finds nothing. */
const searchFilters = (search: string | undefined): readonly Filter[] => {
  if (search === undefined) return [];
  const terms = searchTermsOf(search);
  if (terms.length === 0) return [{ _id: { $in: [] } }];
  return terms.map(({ word, isPrefix }) => ({ _words: isPrefix ? new RegExp(`^${word}`) : word }));
};

export const countFilter = (where: object | undefined): Filter =>
  allOf([anyDocument, ...whereFilters(where as Conditions | undefined)]);

/** Groups of `_id` (the day), `count`, and the sums as `s0`, `s1`, … in the given order. */
export const sumByDayPipeline = <Doc extends Fields>({ where, day, sums }: SumByDay<Doc>): Filter[] => {
  for (const field of [day, ...sums]) checkField(field);
  const totals = Object.fromEntries(sums.map((field, index) => [`s${index}`, { $sum: `$${field}` }]));
  return [
    { $match: allOf([anyDocument, ...whereFilters(where as Conditions | undefined), { [day]: { $gte: '' } }]) },
    { $group: { _id: { $substrCP: [`$${day}`, 0, 10] }, count: { $sum: 1 }, ...totals } },
    { $sort: { _id: 1 } },
  ];
};
