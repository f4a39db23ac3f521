import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openReader, own } from '#lib/sqlite';
import { startThread, workerUrl } from '#lib/threads';
import type { ReadModels } from '../port.js';
import { batchQueue } from './batch-queue.js';
import { failureOf } from './failure.js';
import { type Logger, SqliteReadModels } from './read-models.js';
import { openReaders } from './readers.js';
import type { WriterMethods } from './writer.worker.js';

export type SqliteReadModelsOptions = {
  /** Made where there is none, in a directory that is there. Another process that has it open is told so. */
  readonly file: string;
  readonly logger?: Logger;
};

/**
 * Views in one SQLite file, which this process then owns. Writes go to one thread and reads that may scan to two others, so that
 * the calling thread waits for neither; only `get` reads on the spot, which takes microseconds.
 * @throws {ReadModelsUnavailable}
 */
export const openSqliteReadModels = async ({ file, logger }: SqliteReadModelsOptions): Promise<ReadModels> => {
  const opened: (() => void | Promise<void>)[] = [];
  /** The other way round: the writer after the readers, so that it is the last to leave and tidies up the log; then the lock. */
  const release = async (): Promise<void> => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    await access(dirname(file), constants.W_OK);
    opened.push(own(file));
    const writer = startThread<WriterMethods>(workerUrl('./writer.worker.js', import.meta.url));
    opened.push(() => writer.close());
    await writer.ask('open', file);
    const readers = openReaders(file, 2);
    opened.push(() => readers.close());
    await readers.ready;
    const reader = openReader(file);
    opened.push(() => void reader.close());
    return new SqliteReadModels(writer, batchQueue(writer), readers, reader, release, logger);
  } catch (error) {
    await release();
    throw failureOf(error);
  }
};
