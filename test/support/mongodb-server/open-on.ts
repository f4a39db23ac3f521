import { type Mongo, openMongo } from '#lib/mongo';

/** Opens a store on a connection of its own, which is closed with it. */
export const openOn = async <Store extends { close(): Promise<void> }>(
  uri: string,
  open: (mongo: Mongo) => Store | Promise<Store>,
): Promise<Store> => {
  const mongo = await openMongo(uri);
  const store = await open(mongo);
  const closeStore = store.close.bind(store);
  const closeBoth = async (): Promise<void> => {
    await closeStore();
    await mongo.close();
  };
  let closing: Promise<void> | undefined;
  return Object.assign(store, { close: () => (closing ??= closeBoth()) });
};

/** Removes a database. */
export const dropDatabase = async (uri: string): Promise<void> => {
  const mongo = await openMongo(uri);
  await mongo.db.dropDatabase();
  await mongo.close();
};
