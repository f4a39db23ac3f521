import { randomUUID } from 'node:crypto';
import { openMongoSagaProgress } from '#lib/saga-progress/mongo';
import { dropDatabase, openOn } from '../mongodb-server/open-on.js';
import type { MongoPlace } from '../mongodb-server/place.js';
import type { Place } from './place.js';

/** A database of its own, which the progress is in. */
export const mongoSagaPlace = async (server: Pick<MongoPlace, 'uri'>): Promise<Place> => {
  const uri = server.uri(`sagas-${randomUUID().slice(0, 13)}`);
  return {
    open: () => openOn(uri, openMongoSagaProgress),
    arguments: ['mongo', uri],
    remove: () => dropDatabase(uri),
  };
};
