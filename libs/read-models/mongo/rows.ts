import type mongoose from 'mongoose';
import type { Json } from '#lib/json';
import type { Mongo } from '#lib/mongo';
import type { AnyCollection } from '../collection.js';
import type { Owner } from '../owners.js';
import type { Parked } from '../port.js';
import { searchWordsOf } from '../words.js';
import type { Fields } from '../write.js';

/** The copy that is served, and the one that is being rebuilt. */
export type Copy = 'live' | 'rebuild';

/**
 * What a collection of the database holds: the documents of a view by their ids, which are strings, and its progress by numbers, so that
 * renaming the collection swaps both at once.
 */
export type Row = { readonly _id: RowId; readonly [field: string]: unknown };
type RowId = string | number | { readonly subscription: string } | GoneId;
export type Rows = mongoose.mongo.Collection<Row>;

/** The row of the checkpoint. Parked events are rows by their positions. */
export const progressId = -1;
/** The progress of a subscription that shares a collection with others. It can park no events. */
export const progressIdOf = (
  subscription: string,
  collection: string,
): typeof progressId | { readonly subscription: string } =>
  subscription === collection ? progressId : { subscription };

/** The row that says that documents with this text in this field were removed for good. */
export type GoneId = { readonly gone: string; readonly value: string };
export const goneIdOf = ({ field, value }: Owner): GoneId => ({ gone: field, value });

/** What is equal for equal ids. */
export const keyOf = (id: RowId): string | number => (typeof id === 'object' ? JSON.stringify(id) : id);

export type ProgressRow = {
  readonly _id: typeof progressId;
  readonly _progress: {
    readonly checkpoint: number;
    readonly version: number;
    /** What the words of the documents are made of: another value means that they are made anew. */
    readonly search: string;
    /** Tells this copy from others of the view. */
    readonly token: string;
  };
};

export type OtherProgressRow = {
  readonly _id: { readonly subscription: string };
  readonly _progress: { readonly checkpoint: number };
};

export type ParkedRow = { readonly _id: number; readonly _parked: Parked };

/** Beside the fields of a document, whose names begin with a letter. */
export type DocumentRow = {
  readonly _id: string;
  /** The position of the last event that wrote it. */
  readonly _at: number;
  /** Positions of parked events that were retried after later ones had written it. */
  readonly _late?: readonly number[];
  readonly _words?: readonly string[];
  /** JSON of the fields that the database would compare or name differently: objects, arrays, names with other characters. */
  readonly _rest?: string;
  readonly [field: string]: unknown;
};

/** Matches documents only. */
export const anyDocument = { _id: { $gte: '' } };

/** The names of views have no dots. */
export const rowsName = ({ separator }: Pick<Mongo, 'separator'>, name: string, copy: Copy): string =>
  `${copy === 'live' ? 'views' : 'rebuilds'}${separator}${name}`;

/** The view that a collection of the database belongs to; undefined where it holds something else. */
export const viewOf = (rowsName: string): string | undefined => /^(?:views|rebuilds)[._](.*)$/.exec(rowsName)?.[1];

/**
 * Stands for an object or array. Sorting, MongoDB puts objects before booleans and compares what is in them; here they come last and are
 * all equal, as dates are that are the same.
 */
export const composite = new Date(0);
/** The value of a field as the database compares it. */
export const cellOf = (value: Json): string | number | boolean | null | Date =>
  typeof value === 'object' && value !== null ? composite : value;

const plainName = /^[A-Za-z][A-Za-z0-9_]*$/;

export const toRow = (
  collection: AnyCollection,
  id: string,
  doc: Fields,
  { at, late }: { readonly at: number; readonly late: readonly number[] },
): DocumentRow => {
  const cells: { [field: string]: unknown } = {};
  const rest: { [field: string]: Json } = {};
  for (const [field, value] of Object.entries(doc)) {
    if (plainName.test(field)) cells[field] = cellOf(value);
    if (!plainName.test(field) || (typeof value === 'object' && value !== null)) rest[field] = value;
  }
  const words = wordsOf(collection, doc);
  return {
    _id: id,
    ...cells,
    _at: at,
    ...(late.length > 0 && { _late: late }),
    ...(words.length > 0 && { _words: words }),
    ...(Object.keys(rest).length > 0 && { _rest: JSON.stringify(rest) }),
  };
};

export const toFields = (row: Row): Fields => {
  const { _id, _at, _late, _words, _rest, ...cells } = row as DocumentRow;
  return { ...(cells as Fields), ...(_rest !== undefined && (JSON.parse(_rest) as Fields)) };
};

/** The words of a document's search fields. */
export const wordsOf = ({ search = [] }: AnyCollection, doc: Fields): readonly string[] => {
  const texts = search.map((field) => doc[field]).filter((value) => typeof value === 'string');
  return texts.length === 0 ? [] : searchWordsOf(texts.join(' '));
};

export const searchOf = ({ search = [] }: AnyCollection): string => JSON.stringify(search);
