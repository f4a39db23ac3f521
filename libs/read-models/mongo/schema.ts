import mongoose from 'mongoose';
import type { Mongo } from '#lib/mongo';
import type { AnyCollection } from '../collection.js';
import { type Copy, rowsName } from './rows.js';

type Key = { readonly [field: string]: 1 };

const keyOf = (fields: readonly string[]): Key => Object.fromEntries(fields.map((field) => [field, 1]));

/** Those of the declaration, each with the id for the order of ties, and the words: also within one value of `searchWithin`. */
const keysOf = ({ indexes = [], search = [], searchWithin }: AnyCollection): readonly Key[] => [
  ...indexes.map((fields) => keyOf([...fields, '_id'])),
  ...(search.length === 0 ? [] : [keyOf(['_words'])]),
  ...(search.length === 0 || searchWithin === undefined ? [] : [keyOf([searchWithin, '_words'])]),
];

const schemaOf = (collection: AnyCollection): mongoose.Schema => {
  const schema = new mongoose.Schema({}, { strict: false, versionKey: false });
  for (const key of keysOf(collection)) schema.index(key);
  return schema;
};

/** Creates the indexes of the definition that are missing, and drops those that it no longer has. */
export const syncIndexes = async (mongo: Mongo, collection: AnyCollection, copy: Copy): Promise<void> => {
  const name = rowsName(collection.name, copy);
  const model = mongo.connection.model(name, schemaOf(collection), name, { overwriteModels: true });
  try {
    await model.syncIndexes();
  } finally {
    mongo.connection.deleteModel(name);
  }
};
