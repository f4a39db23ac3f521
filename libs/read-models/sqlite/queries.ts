import { checkField, checkFind } from '../checks.js';
import { decodeCursor, type LastOfPage } from '../cursor.js';
import type { Condition, Find, SumByDay } from '../port.js';
import { searchTermsOf } from '../words.js';
import type { Fields } from '../write.js';
import { cellOf } from './cell.js';
import { fieldSql, type Table, withinTerm } from './table.js';
import { joined, type Sql, whereSql } from './where.js';

type Order = 'asc' | 'desc';
type Conditions = { readonly [field: string]: Condition };

/**
 * The statements of a page, to be run one after the other until it is full: rows of id and document. Each ends in a LIMIT whose number
 * is not among the values. There are two if the page may contain documents with and without the sort field, because SQLite can seek in
 * an index to either, but not to both at once.
 * @throws {InvalidCursor | RangeError | TypeError}
 */
export const findSql = <Doc extends Fields>(table: Table, find: Find<Doc>): readonly Sql[] => {
  checkFind(table.collection, find);
  const order = find.sort?.order ?? 'desc';
  if (find.sort) checkField(find.sort.field);
  const sortBy = find.sort && fieldSql(table, find.sort.field);
  const where = [...whereSql(table, find.where), ...searchSql(table, find)];
  const after = decodeCursor(table.collection, find);
  const from = { sql: `SELECT id, doc FROM ${table.docs}`, values: [] };
  const orderBy = sortBy ? `${sortBy} ${order}, id ${order}` : `id ${order}`;
  const end = { sql: ` ORDER BY ${orderBy} LIMIT ?`, values: [] };
  return ranges({ sortBy, order, isUnique: find.sort?.isUnique === true }, after).map((range) =>
    joined([from, allOf([...where, ...range]), end], ''),
  );
};

/** The conditions of the documents after one, as ranges in order. */
const ranges = (
  {
    sortBy,
    order,
    isUnique,
  }: { readonly sortBy: string | undefined; readonly order: Order; readonly isUnique: boolean },
  after: LastOfPage | undefined,
): readonly (readonly Sql[])[] => {
  if (!after) return [[]];
  const { value, id } = after;
  const beyond = order === 'asc' ? '>' : '<';
  if (!sortBy) return [[{ sql: `id ${beyond} ?`, values: [id] }]];
  const absent = { sql: `${sortBy} IS NULL`, values: [] };
  if (value === null) {
    const rest = [absent, { sql: `id ${beyond} ?`, values: [id] }];
    return order === 'asc' ? [rest, [{ sql: `${sortBy} IS NOT NULL`, values: [] }]] : [rest];
  }
  const rest = isUnique
    ? [{ sql: `${sortBy} ${beyond} ?`, values: [cellOf(value)] }]
    : [{ sql: `(${sortBy}, id) ${beyond} (?, ?)`, values: [cellOf(value), id] }];
  return order === 'asc' ? [rest] : [rest, [absent]];
};

/** Rows of document. */
export const byIdsSql = (table: Table, ids: readonly string[]): Sql => ({
  sql: `SELECT doc FROM ${table.docs} WHERE id IN (SELECT value FROM json_each(?))`,
  values: [JSON.stringify(ids)],
});

export const countSql = (table: Table, where: object | undefined): Sql =>
  joined([{ sql: `SELECT count(*) FROM ${table.docs}`, values: [] }, allOf(whereSql(table, where as Conditions))], '');

/** Rows of day, count, and each sum in the given order. */
export const sumByDaySql = <Doc extends Fields>(table: Table, { where, day, sums }: SumByDay<Doc>): Sql => {
  for (const field of [day, ...sums]) checkField(field);
  const dayOf = fieldSql(table, day);
  const totals = sums.map((field) => {
    const value = fieldSql(table, field);
    return `, total(CASE WHEN typeof(${value}) IN ('integer', 'real') THEN ${value} END)`;
  });
  const select = `SELECT substr(${dayOf}, 1, 10) AS day, count(*)${totals.join('')} FROM ${table.docs}`;
  const dated = { sql: `${dayOf} >= '' AND ${dayOf} < x''`, values: [] };
  const conditions = allOf([...whereSql(table, where), dated]);
  return joined([{ sql: select, values: [] }, conditions, { sql: ' GROUP BY day ORDER BY day', values: [] }], '');
};

const allOf = (conditions: readonly Sql[]): Sql =>
  conditions.length === 0
    ? { sql: '', values: [] }
    : joined([{ sql: ' WHERE ', values: [] }, joined(conditions, ' AND ')], '');

/**
 * Words have letters and digits only, so nothing in them has a meaning in the full-text query. Without a word it finds nothing. Where the
 * search is limited to one value of `searchWithin`, the index does that, too: what others wrote costs nothing.
 */
const searchSql = <Doc extends Fields>(table: Table, { search, where }: Find<Doc>): readonly Sql[] => {
  if (search === undefined) return [];
  const terms = searchTermsOf(search).map(({ word, isPrefix }) => `"${word}"${isPrefix ? '*' : ''}`);
  if (terms.length === 0) return [{ sql: 'FALSE', values: [] }];
  const { searchWithin } = table.collection;
  const within = searchWithin === undefined ? undefined : (where as Conditions | undefined)?.[searchWithin];
  const limit = typeof within === 'string' ? [`"${withinTerm(within)}"`] : [];
  return [{ sql: `seq IN (SELECT rowid FROM ${table.words}(?))`, values: [[...limit, ...terms].join(' ')] }];
};
