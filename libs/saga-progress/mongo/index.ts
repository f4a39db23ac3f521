import { translating } from '#lib/async';
import type { Mongo } from '#lib/mongo';
import { checkRecord } from '../checks.js';
import { SagaProgressUnavailable } from '../errors.js';
import type { ProgressRecord, SagaProgress, StoredProgress } from '../port.js';
import { recordQueue } from '../record-queue.js';
import { failureOf } from './errors.js';
import { ProgressRows } from './rows.js';

export { sagaCollections } from './rows.js';

/**
 * Opens the progress of sagas in a database of MongoDB. Closing it leaves the connection open, which others may use. One process writes it;
 * `readOnly` is for others, which change nothing there.
 * @throws {SagaProgressUnavailable}
 */
export const openMongoSagaProgress = async (
  mongo: Mongo,
  { readOnly = false }: { readonly readOnly?: boolean } = {},
): Promise<SagaProgress> => {
  const rows = new ProgressRows(mongo);
  if (!readOnly) await translated(rows.prepare());
  return new MongoSagaProgress(rows);
};

class MongoSagaProgress implements SagaProgress {
  private readonly queue = recordQueue((records) => this.rows.commit(records));
  private closing: Promise<void> | undefined;

  constructor(private readonly rows: ProgressRows) {}

  async load(saga: string): Promise<StoredProgress> {
    this.checkOpen();
    await this.queue.settled();
    return translated(this.rows.load(saga));
  }

  async record(record: ProgressRecord): Promise<void> {
    this.checkOpen();
    checkRecord(record);
    await translated(this.queue.push(record));
  }

  async ready(): Promise<void> {
    this.checkOpen();
    await translated(this.rows.probe());
  }

  /** The server does that by itself. */
  async maintain(): Promise<void> {}

  close(): Promise<void> {
    return (this.closing ??= this.queue.settled());
  }

  private checkOpen(): void {
    if (this.closing) throw new SagaProgressUnavailable('closed', 'The progress of sagas is closed');
  }
}

const translated = translating(failureOf);
