import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openReader, own } from '#lib/sqlite';
import { startThread, workerUrl } from '#lib/threads';
import type { ReadModels } from '../port.js';
import { batchQueue } from './batch-queue.js';
import { readModelsError } from './errors.js';
import { SqliteReadModels } from './read-models.js';
import { openReaders } from './readers.js';
import type { ViewWriterMethods } from './view-writer.worker.js';

export type SqliteReadModelsOptions = {
  /** Created if it does not exist; its directory must exist. */
  readonly file: string;
  /** Told about failed cleanups, which are retried. */
  readonly log?: { warn(details: object, message: string): void };
};

/**
 * Opens the views in a SQLite file, which this process then owns. One thread writes and one or two others run the reads that may scan, so that
 * they do not block the calling thread; only `get` reads on it, which takes microseconds.
 * @throws {ReadModelsUnavailable} another process has the file open (`owned`), or it cannot be opened (`io`, `disk_full`, `corrupt`).
 */
export const openSqliteReadModels = async ({ file, log }: SqliteReadModelsOptions): Promise<ReadModels> => {
  const opened: (() => void | Promise<void>)[] = [];
  /** In reverse order: the writer after the readers, so that it is the last one and removes the write-ahead log; then the lock. */
  const release = async (): Promise<void> => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    await access(dirname(file), constants.W_OK);
    opened.push(own(file));
    const writer = startThread<ViewWriterMethods>(workerUrl('./view-writer.worker.js', import.meta.url));
    opened.push(() => writer.close());
    await writer.ask('open', file);
    const readers = openReaders(file);
    opened.push(() => readers.close());
    await readers.ready;
    const reader = openReader(file);
    opened.push(() => void reader.close());
    return new SqliteReadModels(writer, batchQueue(writer), readers, reader, release, log);
  } catch (error) {
    await release();
    throw readModelsError(error);
  }
};
