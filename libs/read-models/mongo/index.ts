import type { Mongo } from '#lib/mongo';
import type { ReadModels } from '../port.js';
import { ReadOnlyMongoReadModels } from './read-only.js';
import { MongoReadModels } from './read-models.js';
import { dropViews } from './rebuild.js';

/**
 * Opens the views in a database of MongoDB. Closing them leaves the connection open, which others may use. One process writes them;
 * with `readOnly`, others read what is there.
 */
export const openMongoReadModels = (mongo: Mongo, options: { readonly readOnly?: boolean } = {}): ReadModels =>
  options.readOnly === true ? new ReadOnlyMongoReadModels(mongo) : new MongoReadModels(mongo);

/** Removes all views of a database. */
export const removeMongoViews = async (mongo: Mongo): Promise<void> => {
  await dropViews(mongo, () => true);
};
