import type { AnyCollection } from '../collection.js';

/** Where a collection's documents lie, quoted for SQL. `rebuild` is the copy that is being rebuilt. */
export type Copy = 'live' | 'rebuild';

/** `docs`: a row per document. `words`: the full-text index of the search fields, by the rows' `seq`. */
export type Table = {
  readonly collection: AnyCollection;
  readonly docs: string;
  readonly words: string | undefined;
  /** The fields that have a column of their own beside the document, because an index needs them. */
  readonly fields: readonly string[];
};

export const tableOf = (collection: AnyCollection, copy: Copy): Table => ({
  collection,
  docs: docsName(collection.name, copy),
  words: collection.search?.length ? wordsName(collection.name, copy) : undefined,
  fields: [...new Set((collection.indexes ?? []).flat())],
});

export const docsName = (name: string, copy: Copy): string => `"${copy}-docs ${name}"`;
export const wordsName = (name: string, copy: Copy): string => `"${copy}-words ${name}"`;

/** A table's name as a value: without the quotes. */
export const nameOf = (table: string): string => table.slice(1, -1);

/** The column of an indexed field. */
export const columnOf = (field: string): string => `f_${field}`;

/** A field in SQL: its column, or the same value taken out of the document. */
export const fieldSql = (table: Table, field: string): string =>
  table.fields.includes(field) ? columnOf(field) : extractSql(field);

/** What `cellOf` answers, computed by SQLite. */
export const extractSql = (field: string): string =>
  `CASE json_type(doc, '$.${field}') WHEN 'false' THEN x'00' WHEN 'true' THEN x'01'` +
  ` WHEN 'object' THEN x'02' WHEN 'array' THEN x'02' ELSE json_extract(doc, '$.${field}') END`;
