import { checkCondition, checkField } from '../checks.js';
import type { Condition } from '../port.js';
import { composite } from './rows.js';

/** A condition in the database's query language. */
export type Filter = { readonly [name: string]: unknown };

export const allOf = (filters: readonly Filter[]): Filter => ({ $and: filters });

/** The conditions, which must all hold. @throws {TypeError} an invalid condition. */
export const whereFilters = (where: { readonly [field: string]: Condition | undefined } = {}): readonly Filter[] =>
  Object.entries(where).flatMap(([field, condition]) => {
    checkField(field);
    checkCondition(field, condition);
    return filtersOf(field, condition ?? null);
  });

/** The database compares values of one type only, and takes null for absent, as the port does. */
const filtersOf = (field: string, condition: Condition): readonly Filter[] => {
  if (typeof condition !== 'object' || condition === null) return [{ [field]: condition }];
  if ('in' in condition) return [{ [field]: { $in: condition.in } }];
  return Object.entries(condition).map(([bound, value]) => ({ [field]: { [operatorOf(bound)]: value } }));
};

const operatorOf = (bound: string): string => {
  if (!['gt', 'gte', 'lt', 'lte'].includes(bound)) throw new TypeError(`"${bound}" is not a condition`);
  return `$${bound}`;
};

/** Every value of a kind, in ascending order of the kinds. */
const kinds = [
  { kind: 'null', all: null },
  { kind: 'number', all: { $gte: -Infinity } },
  { kind: 'string', all: { $gte: '' } },
  { kind: 'boolean', all: { $in: [false, true] } },
  { kind: 'object', all: composite },
] as const;

/** What comes after a value in an order, without equal ones: values of its kind, and other kinds. */
export const beyond = (field: string, value: unknown, order: 'asc' | 'desc'): readonly Filter[] => {
  const own = value === null ? 'null' : typeof value;
  const place = kinds.findIndex(({ kind }) => kind === own);
  const others = order === 'asc' ? kinds.slice(place + 1) : kinds.slice(0, place);
  const rest = others.map(({ all }) => ({ [field]: all }));
  if (own === 'null' || own === 'object') return rest;
  return [{ [field]: { [order === 'asc' ? '$gt' : '$lt']: value } }, ...rest];
};
