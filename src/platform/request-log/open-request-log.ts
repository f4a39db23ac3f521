import { join } from 'node:path';
import type { Mongo } from '#lib/mongo';
import type { RequestLogStore } from '#lib/request-log';
import { openSqliteRequestLog } from '#lib/request-log/sqlite';
import { dataFiles } from '../data-files.js';

/** Opens the log of requests: in a database of MongoDB, or in a file of the directory. @throws {RequestLogUnavailable} */
export const openRequestLog = async (directory: string, mongo: Mongo | undefined): Promise<RequestLogStore> => {
  if (!mongo) return openSqliteRequestLog({ file: join(directory, dataFiles.requests) });
  const { openMongoRequestLog } = await import('#lib/request-log/mongo');
  return openMongoRequestLog(mongo);
};
