import { randomUUID } from 'node:crypto';
import { openMongoReadModels } from '#lib/read-models/mongo';
import { dropDatabase, openOn } from '../mongodb-server/open-on.js';
import type { MongoPlace } from '../mongodb-server/place.js';
import type { ViewsFixture } from './fixture.js';

/** Views in a database of their own. */
export const mongoViewsFixture = async (
  place: Pick<MongoPlace, 'uri'>,
): Promise<ViewsFixture & { readonly uri: string }> => {
  const uri = place.uri(`views-${randomUUID().slice(0, 13)}`);
  return { uri, open: () => openOn(uri, openMongoReadModels), remove: () => dropDatabase(uri) };
};
