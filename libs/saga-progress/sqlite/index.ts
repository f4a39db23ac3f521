import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { translating } from '#lib/async';
import { own } from '#lib/sqlite';
import { startThread, workerUrl, type Thread } from '#lib/threads';
import { checkRecord } from '../checks.js';
import { SagaProgressUnavailable } from '../errors.js';
import type { ProgressRecord, SagaProgress, StoredProgress } from '../port.js';
import { recordQueue } from '../record-queue.js';
import { failureOf } from './failure.js';
import type { ProgressMethods } from './progress.worker.js';

/**
 * Opens the progress of sagas in a SQLite file, which is created if it does not exist, in a directory that exists. It works in a thread of
 * its own; one process owns the file.
 * @throws {SagaProgressUnavailable}
 */
export const openSqliteSagaProgress = async ({ file }: { readonly file: string }): Promise<SagaProgress> => {
  let release: (() => void) | undefined;
  let thread: Thread<ProgressMethods> | undefined;
  try {
    await access(dirname(file), constants.W_OK);
    release = own(file);
    thread = startThread<ProgressMethods>(workerUrl('./progress.worker.js', import.meta.url), { workerData: { file } });
    await thread.ask('open');
    return new SqliteSagaProgress(thread, release);
  } catch (error) {
    await thread?.close();
    release?.();
    throw failureOf(error);
  }
};

class SqliteSagaProgress implements SagaProgress {
  private readonly queue = recordQueue((records) => this.thread.ask('commit', records));
  private closing: Promise<void> | undefined;

  constructor(
    private readonly thread: Thread<ProgressMethods>,
    private readonly release: () => void,
  ) {}

  async load(saga: string): Promise<StoredProgress> {
    this.checkOpen();
    await this.queue.settled();
    return translated(this.thread.ask('load', saga));
  }

  async record(record: ProgressRecord): Promise<void> {
    this.checkOpen();
    checkRecord(record);
    await translated(this.queue.push(record));
  }

  async ready(): Promise<void> {
    this.checkOpen();
    await translated(this.thread.ask('probe'));
  }

  async maintain(): Promise<void> {
    this.checkOpen();
    await translated(this.thread.ask('maintain'));
  }

  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async end(): Promise<void> {
    await this.queue.settled();
    await this.thread.close().finally(this.release);
  }

  private checkOpen(): void {
    if (this.closing) throw new SagaProgressUnavailable('closed', 'The progress of sagas is closed');
  }
}

const translated = translating(failureOf);
