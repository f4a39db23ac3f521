import { serialize } from 'bson';
import { type Mongo, openMongo } from '#lib/mongo';

/** Opens a store on a connection of its own, which is closed with it. */
export const openOn = async <Store extends { close(): Promise<void> }>(
  uri: string,
  open: (mongo: Mongo) => Store | Promise<Store>,
): Promise<Store> => {
  const mongo = await openMongo(uri);
  const store = await opened(mongo, open);
  const closeStore = store.close.bind(store);
  const closeBoth = async (): Promise<void> => {
    await closeStore();
    await mongo.close();
  };
  let closing: Promise<void> | undefined;
  return Object.assign(store, { close: () => (closing ??= closeBoth()) });
};

const opened = async <Store>(mongo: Mongo, open: (mongo: Mongo) => Store | Promise<Store>): Promise<Store> => {
  try {
    return await open(mongo);
  } catch (error) {
    await mongo.close();
    throw error;
  }
};

/** Removes a database. */
export const dropDatabase = async (uri: string): Promise<void> => {
  const mongo = await openMongo(uri);
  await mongo.db.dropDatabase();
  await mongo.close();
};

/** All documents of a database, as they are on the wire. */
export const databaseBytes = async (uri: string): Promise<Buffer> => {
  const mongo = await openMongo(uri);
  const parts: Uint8Array[] = [];
  for (const { name } of await mongo.db.listCollections({}, { nameOnly: true }).toArray())
    for await (const document of mongo.db.collection(name).find()) parts.push(serialize(document));
  await mongo.close();
  return Buffer.concat(parts);
};
