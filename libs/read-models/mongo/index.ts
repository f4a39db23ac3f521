import type { Mongo } from '#lib/mongo';
import type { ReadModels } from '../port.js';
import { MongoReadModels } from './read-models.js';

/** Opens the views in a database of MongoDB. Closing them leaves the connection open, which others may use. One process writes them. */
export const openMongoReadModels = (mongo: Mongo): ReadModels => new MongoReadModels(mongo);
