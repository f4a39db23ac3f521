import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mongo } from '#lib/mongo';
import { copyCounts, copyRequests } from '#lib/request-log';
import { openMongoRequestLog, readRequestCounts as countsInDatabase } from '#lib/request-log/mongo';
import { openSqliteRequestLog, readRequestCounts as countsInFile } from '#lib/request-log/sqlite';
import { dataFiles } from '../../platform/data-files.js';
import { exists, movedName } from '../../platform/where-stores-are.js';
import type { Progress } from './log-copy.js';
import { removeDatabase } from './saga-move.js';

/**
 * Adds the log of requests of a data directory to that of a database. Each has its id, so that what was ended in the middle is done again.
 * @throws {RequestLogUnavailable}
 */
export const requestsToDatabase = async (data: string, mongo: Mongo, progress: Progress): Promise<void> => {
  const file = join(data, dataFiles.requests);
  if (!(await exists(file))) return; // no request was made, or an earlier try came this far
  const from = await openSqliteRequestLog({ file });
  try {
    const to = await openMongoRequestLog(mongo);
    await copyCounts(countsInFile(file), to);
    await copyRequests(from, to, (copied) => progress(copied, 'requests copied'));
    await to.close();
  } finally {
    await from.close();
  }
  await rename(file, join(data, movedName(dataFiles.requests)));
  await removeDatabase(file); // its lock
};

/** The same in the other direction. What is in the database stays there. @throws {RequestLogUnavailable} */
export const requestsToFile = async (mongo: Mongo, data: string, progress: Progress): Promise<void> => {
  const to = await openSqliteRequestLog({ file: join(data, dataFiles.requests) });
  try {
    const from = await openMongoRequestLog(mongo);
    await copyCounts(countsInDatabase(mongo), to);
    await copyRequests(from, to, (copied) => progress(copied, 'requests copied'));
    await from.close();
  } finally {
    await to.close();
  }
};
