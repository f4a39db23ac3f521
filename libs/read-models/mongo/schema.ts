import type { IndexKey, Mongo } from '#lib/mongo';
import type { AnyCollection } from '../collection.js';
import { type Copy, rowsName } from './rows.js';

const keyOf = (fields: readonly string[]): IndexKey => Object.fromEntries(fields.map((field) => [field, 1]));

/** Those of the declaration, each with the id for the order of ties, and the words: also within one value of `searchWithin`; and what finds those that are joined. */
const keysOf = ({ indexes = [], search = [], searchWithin, joined }: AnyCollection): readonly IndexKey[] => [
  ...indexes.map((fields) => keyOf([...fields, '_id'])),
  ...(joined ? [keyOf([joined.shownIn])] : []),
  ...(search.length === 0 ? [] : [keyOf(['_words'])]),
  ...(search.length === 0 || searchWithin === undefined ? [] : [keyOf([searchWithin, '_words'])]),
];

/** Creates the indexes of the definition that are missing. Those that it no longer has stay: a process of another version may read by them. */
export const addIndexes = (mongo: Mongo, collection: AnyCollection, copy: Copy): Promise<void> =>
  mongo.indexes.add(rowsName(mongo, collection.name, copy), keysOf(collection));
