import { createHash } from 'node:crypto';
import type { Json } from '#lib/json';
import type { AnyCollection } from './collection.js';
import { decodeCursorParts, encodeCursorParts } from './cursor-parts.js';
import { InvalidCursor } from './errors.js';
import type { Find } from './port.js';
import type { Fields } from './write.js';

/** The last document of a page, after which the next page starts. */
export type LastOfPage = {
  /** Its value of the sort field: `null` if it has none, `{}` for an object or array (which are all equal in sort order). */
  readonly value: Json;
  readonly id: string;
};

/** A cursor that is valid only for the same conditions, search and sort on the same collection. */
export const encodeCursor = <Doc extends Fields>(
  collection: AnyCollection,
  find: Find<Doc>,
  last: LastOfPage,
): string => {
  const value = typeof last.value === 'object' && last.value !== null ? {} : last.value;
  return encodeCursorParts([shapeOf(collection, find), value, last.id]);
};

/** @throws {InvalidCursor} */
export const decodeCursor = <Doc extends Fields>(
  collection: AnyCollection,
  find: Find<Doc>,
): LastOfPage | undefined => {
  if (find.cursor === undefined) return undefined;
  const parts = decodeCursorParts(find.cursor);
  if (parts.length !== 3) throw new InvalidCursor('The cursor is damaged');
  const [shape, value, id] = parts as [unknown, Json, unknown];
  if (shape !== shapeOf(collection, find)) throw new InvalidCursor('The cursor belongs to another find');
  if (typeof id !== 'string') throw new InvalidCursor('The cursor is damaged');
  return { value, id };
};

const shapeOf = <Doc extends Fields>(collection: AnyCollection, { where, search, sort }: Find<Doc>): string => {
  const shape = JSON.stringify([collection.name, where ?? {}, search, sort?.field, sort?.order], sortedKeys);
  return createHash('sha256').update(shape).digest('base64url').slice(0, 12);
};

const sortedKeys = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
