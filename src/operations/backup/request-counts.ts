import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mongo } from '#lib/mongo';
import { copyCounts } from '#lib/request-log';
import { openSqliteRequestLog, readRequestCounts } from '#lib/request-log/sqlite';
import { dataFiles } from '../../platform/data-files.js';
import { exists } from '../../platform/where-stores-are.js';

/**
 * Copies how many requests users made to a directory, as the file that it would be there, also while a service counts. The requests themselves
 * are not in backups: they have the addresses of callers, for as many days as is set, and backups are kept for longer.
 */
export const copyRequestCounts = async (data: string, mongo: Mongo | undefined, target: string): Promise<void> => {
  const made = join(target, dataFiles.requests);
  const copy = await openSqliteRequestLog({ file: made });
  try {
    const file = join(data, dataFiles.requests);
    if (mongo) await copyCounts((await import('#lib/request-log/mongo')).readRequestCounts(mongo), copy);
    else if (await exists(file)) await copyCounts(readRequestCounts(file), copy); // made with the first request
  } finally {
    await copy.close();
  }
  await rm(`${made}.lock`, { force: true }); // it is no part of a backup
};
