import type { ThreadCalls } from '#lib/threads';
import type { SerializedAppend } from '../serialize.js';
import type { Maintenance } from './maintenance.js';
import type { LogView } from './log-view.js';
import type { SqliteEventStoreOptions } from './index.js';
import { indexBatchEvents } from './writer.js';
import type { LogWriterMethods } from './log-writer.worker.js';

/** The write-ahead log is checkpointed whenever this much was appended. */
const checkpointCharacters = 16 * 1024 * 1024;
/** What an event takes beside its data and metadata. */
const eventOverheadCharacters = 300;

/** Indexes events and checkpoints the write-ahead log while appends continue. */
export class Upkeep {
  private appendedCharacters = 0;
  private running: Promise<void> | undefined;

  constructor(
    private readonly view: LogView,
    private readonly writer: ThreadCalls<LogWriterMethods>,
    private readonly maintenance: Maintenance,
    private readonly log: SqliteEventStoreOptions['log'],
  ) {}

  /** Counts a stored append. */
  stored({ events }: SerializedAppend): void {
    for (const [, , data, metadata] of events)
      this.appendedCharacters += data.length + metadata.length + eventOverheadCharacters;
  }

  /** Starts what is due, unless it is running. */
  run(): void {
    if (this.running || (!this.mustIndex() && !this.mustCheckpoint())) return;
    this.running = this.work().finally(() => {
      this.running = undefined;
    });
  }

  /** Indexes all events. */
  async indexAll(): Promise<void> {
    const head = this.view.head;
    while (this.view.tail.start < head) await this.index();
  }

  /** Resolves once nothing is running. */
  async idle(): Promise<void> {
    await this.running;
  }

  private mustIndex(): boolean {
    return this.view.head - this.view.tail.start >= indexBatchEvents;
  }

  private mustCheckpoint(): boolean {
    return this.appendedCharacters >= checkpointCharacters;
  }

  private async work(): Promise<void> {
    try {
      if (this.mustIndex()) await this.index();
      if (this.mustCheckpoint()) await this.checkpoint();
    } catch (error) {
      this.log?.warn({ err: error }, 'Upkeep of the event store failed; it will be retried');
    }
  }

  private async index(): Promise<void> {
    this.view.indexed(await this.writer.ask('index'));
  }

  /** The maintenance thread copies most pages while appends continue; the writer only the few that were added meanwhile. */
  private async checkpoint(): Promise<void> {
    this.appendedCharacters = 0;
    await this.maintenance.checkpoint();
    await this.writer.ask('checkpoint');
  }
}
