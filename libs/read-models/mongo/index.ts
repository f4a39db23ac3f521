import type { Mongo } from '#lib/mongo';
import type { AnyCollection } from '../collection.js';
import type { ReadModels } from '../port.js';
import { ReadOnlyMongoReadModels } from './read-only.js';
import { MongoReadModels } from './read-models.js';
import { dropViews } from './rebuild.js';

/**
 * Opens the views in a database of MongoDB. Closing them leaves the connection open, which others may use. One process writes them;
 * with `readOnly`, others read what is there, and write only what is `shared`: collections of which each document is put as a whole, by whoever
 * knows a later one.
 */
export const openMongoReadModels = (
  mongo: Mongo,
  { readOnly = false, shared = [] }: { readonly readOnly?: boolean; readonly shared?: readonly AnyCollection[] } = {},
): ReadModels => (readOnly ? new ReadOnlyMongoReadModels(mongo, shared) : new MongoReadModels(mongo));

/** Removes all views of a database. */
export const removeMongoViews = async (mongo: Mongo): Promise<void> => {
  await dropViews(mongo, () => true);
};
