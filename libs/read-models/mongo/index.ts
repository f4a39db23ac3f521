import type { Mongo } from '#lib/mongo';
import type { ReadModels } from '../port.js';
import { MongoReadModels } from './read-models.js';
import { isRowsName } from './rows.js';

/** Opens the views in a database of MongoDB. Closing them leaves the connection open, which others may use. One process writes them. */
export const openMongoReadModels = (mongo: Mongo): ReadModels => new MongoReadModels(mongo);

/** Removes all views of a database. */
export const removeMongoViews = async ({ db }: Mongo): Promise<void> => {
  const collections = await db.listCollections({}, { nameOnly: true }).toArray();
  for (const { name } of collections) if (isRowsName(name)) await db.dropCollection(name);
};
