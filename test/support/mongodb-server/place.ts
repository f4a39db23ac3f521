import { withDatabase } from './connection-string.js';
import { MongoServer, type MongoServerOptions } from './server.js';

/** A server that holds databases for tests. */
export type MongoPlace = { uri(database: string): string; stop(): Promise<void> };

/** The server of MONGODB_URI where that is set, otherwise one in this process. */
export const mongoPlace = async (options?: MongoServerOptions): Promise<MongoPlace> => {
  const real = process.env['MONGODB_URI'];
  if (real !== undefined && options === undefined) {
    const uri = (database: string): string => withDatabase(real, database);
    return { uri, stop: async () => {} };
  }
  return MongoServer.start(options);
};
