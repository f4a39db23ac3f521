import { checkCondition, checkField } from '../checks.js';
import type { Condition, Scalar } from '../port.js';
import { type Cell, cellOf } from './cell.js';
import { fieldSql, type Table } from './table.js';

/** A piece of SQL and the values of its parameters. */
export type Sql = { readonly sql: string; readonly values: readonly Cell[] };

export const joined = (pieces: readonly Sql[], separator: string): Sql => ({
  sql: pieces.map(({ sql }) => sql).join(separator),
  values: pieces.flatMap(({ values }) => values),
});

/** The conditions, which must all hold. @throws {TypeError} an invalid condition. */
export const whereSql = (
  table: Table,
  where: { readonly [field: string]: Condition | undefined } = {},
): readonly Sql[] =>
  Object.entries(where).flatMap(([field, condition]) => {
    checkField(field);
    checkCondition(field, condition);
    return conditionSql(fieldSql(table, field), condition ?? null);
  });

const conditionSql = (field: string, condition: Condition): readonly Sql[] => {
  if (typeof condition !== 'object' || condition === null) return [equal(field, condition)];
  if ('in' in condition) return [among(field, condition.in)];
  return Object.entries(condition).flatMap(([bound, value]) => bounded(field, bound, value));
};

const equal = (field: string, value: Scalar): Sql =>
  value === null ? { sql: `${field} IS NULL`, values: [] } : { sql: `${field} = ?`, values: [cellOf(value)] };

/** A list of integers that is longer is one value, so that lists of all lengths share a statement. */
const maxPlaceholders = 16;

const among = (field: string, values: readonly Scalar[]): Sql => {
  const present = values.filter((value) => value !== null);
  const isShared = present.length > maxPlaceholders && present.every(Number.isSafeInteger);
  const list = isShared
    ? { sql: `${field} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(present)] }
    : { sql: `${field} IN (${present.map(() => '?').join(', ')})`, values: present.map(cellOf) };
  return present.length === values.length ? list : { sql: `(${list.sql} OR ${field} IS NULL)`, values: list.values };
};

const comparisons: { readonly [bound: string]: string } = { gt: '>', gte: '>=', lt: '<', lte: '<=' };

/** A bound on one side. The other side is bounded too, so that only values of the same type match. */
const bounded = (field: string, bound: string, value: string | number): readonly Sql[] => {
  const comparison = comparisons[bound];
  if (!comparison) throw new TypeError(`"${bound}" is not a condition`);
  const own = { sql: `${field} ${comparison} ?`, values: [value] };
  const lower = comparison.startsWith('>');
  if (typeof value === 'number') return lower ? [own, { sql: `${field} < ''`, values: [] }] : [own];
  return [own, { sql: lower ? `${field} < x''` : `${field} >= ''`, values: [] }];
};
