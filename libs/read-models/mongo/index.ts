import type { Mongo } from '#lib/mongo';
import type { ReadModels } from '../port.js';
import { ReadOnlyMongoReadModels } from './read-only.js';
import { MongoReadModels } from './read-models.js';
import { isRowsName } from './rows.js';

/**
 * Opens the views in a database of MongoDB. Closing them leaves the connection open, which others may use. One process writes them;
 * with `readOnly`, others read what is there.
 */
export const openMongoReadModels = (mongo: Mongo, options: { readonly readOnly?: boolean } = {}): ReadModels =>
  options.readOnly === true ? new ReadOnlyMongoReadModels(mongo) : new MongoReadModels(mongo);

/** Removes all views of a database. */
export const removeMongoViews = async ({ db }: Mongo): Promise<void> => {
  const collections = await db.listCollections({}, { nameOnly: true }).toArray();
  for (const { name } of collections) if (isRowsName(name)) await db.dropCollection(name);
};
