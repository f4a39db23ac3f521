import type { Config } from '#config';
import type { Mongo } from '#lib/mongo';
import { ReadModelsUnavailable } from '#lib/read-models';
import type { Log } from '#lib/subscriptions';
import { onServer } from './on-server.js';

/** The database of MongoDB: it keeps everything but the log and the master key. */
export type Database = { readonly mongo: Mongo; close(): Promise<void> };

/**
 * Opens the database of MONGODB_URI, if there is one, for this process alone. With `waiting`, a server that does not answer is waited for,
 * and that is logged.
 * @throws {ReadModelsUnavailable | OperatorError} with a message for the operator.
 */
export const openDatabase = async (
  { MONGODB_URI: uri }: Partial<Pick<Config, 'MONGODB_URI'>>,
  waiting: Pick<Log, 'warn'> | undefined,
): Promise<Database | undefined> =>
  uri === undefined
    ? undefined
    : onServer(
        'MONGODB_URI',
        () => openOwned(uri),
        (error) => error instanceof ReadModelsUnavailable,
        waiting,
      );

// The client is loaded only here: most installations have no server.
const openOwned = async (uri: string): Promise<Database> => {
  const { mongoProblem, own } = await import('#lib/mongo');
  const mongo = await connect(uri);
  try {
    const ownership = await own(mongo, 'views');
    const close = async (): Promise<void> => {
      await ownership.release();
      await mongo.close();
    };
    await mongo.sessions.endAll();
    return { mongo, close };
  } catch (error) {
    await mongo.close();
    const problem = mongoProblem(error);
    throw problem ? new ReadModelsUnavailable('io', problem.detail, { cause: error }) : error;
  }
};

const connect = async (uri: string): Promise<Mongo> => {
  const { InvalidMongoUri, MongoUnavailable, openMongo } = await import('#lib/mongo');
  try {
    return await openMongo(uri);
  } catch (error) {
    if (error instanceof InvalidMongoUri) throw new InvalidMongoUri(`MONGODB_URI: ${error.message}`);
    if (error instanceof MongoUnavailable) throw new ReadModelsUnavailable('io', error.message, { cause: error });
    throw error;
  }
};
