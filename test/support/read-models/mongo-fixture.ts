import { randomUUID } from 'node:crypto';
import { openMongo } from '#lib/mongo';
import type { ReadModels } from '#lib/read-models';
import { openMongoReadModels } from '#lib/read-models/mongo';
import { type MongoPlace } from '../mongodb-server/place.js';
import type { ViewsFixture } from './fixture.js';

/** Views in a database of their own. */
export const mongoViewsFixture = async (
  place: Pick<MongoPlace, 'uri'>,
): Promise<ViewsFixture & { readonly uri: string }> => {
  const uri = place.uri(`views-${randomUUID().slice(0, 13)}`);
  const open = async (): Promise<ReadModels> => {
    const mongo = await openMongo(uri);
    const views = openMongoReadModels(mongo);
    const close = views.close.bind(views);
    let closing: Promise<void> | undefined;
    return Object.assign(views, { close: () => (closing ??= close().then(() => mongo.close())) });
  };
  const remove = async (): Promise<void> => {
    const mongo = await openMongo(uri);
    await mongo.db.dropDatabase();
    await mongo.close();
  };
  return { uri, open, remove };
};
