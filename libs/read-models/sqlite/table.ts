import type { AnyCollection } from '../collection.js';

/** The copy that is served, and the one that is being rebuilt. */
export type Copy = 'live' | 'rebuild';

/** The tables of a collection, quoted for SQL. `docs`: a row per document. `words`: the full-text index, by the `seq` of the rows. */
export type Table = {
  readonly collection: AnyCollection;
  readonly docs: string;
  readonly words: string | undefined;
  /** The indexed fields: each has a column of its own beside the document. */
  readonly fields: readonly string[];
};

export const tableOf = (collection: AnyCollection, copy: Copy): Table => ({
  collection,
  docs: docsName(collection.name, copy),
  words: collection.search?.length ? wordsName(collection.name, copy) : undefined,
  fields: [...new Set(indexesOf(collection).flat())],
});

/** Those of the declaration, and what finds the documents that are shown in another one. */
export const indexesOf = ({ indexes = [], joined }: AnyCollection): readonly (readonly string[])[] =>
  joined ? [...indexes, [joined.shownIn]] : indexes;

export const docsName = (name: string, copy: Copy): string => `"${copy}-docs ${name}"`;
export const wordsName = (name: string, copy: Copy): string => `"${copy}-words ${name}"`;

/** How a value of `searchWithin` stands among the words of a document. It begins with a character that is in no word. */
export const withinTerm = (value: string): string => `\u{e000}${Buffer.from(value).toString('hex')}`;

/** The name of a table as a value. */
export const unquoted = (table: string): string => table.slice(1, -1);

/** The column of an indexed field. */
export const columnOf = (field: string): string => `f_${field}`;

/** A field in SQL: its column, or the same value extracted from the document. */
export const fieldSql = (table: Table, field: string): string =>
  table.fields.includes(field) ? columnOf(field) : extractSql(field);

/** The same as `cellOf`, in SQL. */
export const extractSql = (field: string): string =>
  `CASE json_type(doc, '$.${field}') WHEN 'false' THEN x'00' WHEN 'true' THEN x'01'` +
  ` WHEN 'object' THEN x'02' WHEN 'array' THEN x'02' ELSE json_extract(doc, '$.${field}') END`;
