import type { Calls } from '#lib/threads';
import type { TextAppend } from './input.js';
import type { Maintenance } from './maintenance.js';
import type { LogView } from './view.js';
import { indexBatch } from './writer.js';
import type { WriterMethods } from './writer.worker.js';

/** Where upkeep reports what went wrong; it tries again by itself. */
export type UpkeepLog = { warn(details: object, message: string): void };

/** When so many characters were appended, the write-ahead log is emptied. */
const logSize = 16 * 1024 * 1024;
/** What an event takes beside its data. */
const overhead = 300;

/** Keeps the index tables and the write-ahead log in shape while appends go on. */
export class Upkeep {
  private written = 0;
  private underWay: Promise<void> | undefined;

  constructor(
    private readonly view: LogView,
    private readonly writer: Calls<WriterMethods>,
    private readonly maintenance: Maintenance,
    private readonly log: UpkeepLog | undefined,
  ) {}

  /** Takes note of what was stored. */
  stored({ events }: TextAppend): void {
    for (const [, , data, metadata] of events) this.written += data.length + metadata.length + overhead;
  }

  /** Begins what is due, if anything is. */
  run(): void {
    if (this.underWay || (!this.mustIndex() && !this.mustCheckpoint())) return;
    this.underWay = this.work().finally(() => {
      this.underWay = undefined;
    });
  }

  /** Files everything in the index tables. */
  async indexAll(): Promise<void> {
    const head = this.view.head;
    while (this.view.tail.start < head) await this.index();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.underWay;
  }

  private mustIndex(): boolean {
    return this.view.head - this.view.tail.start >= indexBatch;
  }

  private mustCheckpoint(): boolean {
    return this.written >= logSize;
  }

  private async work(): Promise<void> {
    try {
      if (this.mustIndex()) await this.index();
      if (this.mustCheckpoint()) await this.checkpoint();
    } catch (error) {
      this.log?.warn({ err: error }, 'Upkeep of the event store failed');
    }
  }

  private async index(): Promise<void> {
    this.view.indexed(await this.writer.ask('index'));
  }

  /** The thread for maintenance copies most pages while appends go on; the writer only the few that came in meanwhile. */
  private async checkpoint(): Promise<void> {
    this.written = 0;
    await this.maintenance.checkpoint();
    await this.writer.ask('checkpoint');
  }
}
