import { openReader, own, sqliteErrors, type Database } from '#lib/sqlite';
import { startThread, workerUrl, type Thread } from '#lib/threads';
import type {
  Appended,
  EventStore,
  ReadAll,
  ReadStream,
  StoredEvent,
  StreamAppend,
  Subscribe,
  SubscriptionPage,
  Verification,
} from '../port.js';
import { GroupCommit } from './group.js';
import { loadTail } from './indexer.js';
import { textOf, type TextAppend } from './input.js';
import { LogReads } from './log-reads.js';
import { Maintenance } from './maintenance.js';
import { closedError, translated } from './problems.js';
import { RecentEvents } from './recent.js';
import { Upkeep, type UpkeepLog } from './upkeep.js';
import { LogView } from './view.js';
import { decodeOutcomes, encodeUnits, type EncodedGroup, type Outcome } from './wire.js';
import type { WriterMethods } from './writer.worker.js';

/** For so long, in milliseconds, an append that succeeded shows that the next one would. */
const proofLasts = 1000;
/** What must find room for the store to be ready, in bytes: a little, and after a failure enough to go on for a while. */
const probeSize = { usual: 16 * 1024, afterFailure: 1024 * 1024 };

/** The event store in one SQLite file: a thread that writes, one that keeps the file in shape, and reads in between. */
export class SqliteEventStore implements EventStore {
  readonly capabilities = { multiStream: true, gapless: true };
  private readonly view: LogView;
  private readonly recent = new RecentEvents();
  private readonly reads: LogReads;
  private readonly group: GroupCommit;
  private readonly maintenance: Maintenance;
  private readonly upkeep: Upkeep;
  private lastStored = 0;
  private hasFailed = false;
  private probe: Promise<void> | undefined;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly db: Database,
    private readonly writer: Thread<WriterMethods>,
    private readonly release: () => void,
    file: string,
    log: UpkeepLog | undefined,
  ) {
    this.view = new LogView(loadTail(db), () => loadTail(db));
    this.reads = new LogReads(db, this.view, this.recent);
    this.maintenance = new Maintenance(file);
    this.upkeep = new Upkeep(this.view, writer, this.maintenance, log);
    this.group = new GroupCommit({
      commit: async (units, recordedAt) => {
        const group: EncodedGroup = { units: encodeUnits(units), recordedAt };
        return decodeOutcomes(await writer.ask('commit', group));
      },
      outcome: (append, outcome, recordedAt) => this.note(append, outcome, recordedAt),
      done: () => this.done(),
      failed: () => this.failed(),
    });
  }

  static open(file: string, log: UpkeepLog | undefined): Promise<SqliteEventStore> {
    return translated(async () => {
      const release = own(file);
      const url = workerUrl('./writer.worker.js', import.meta.url);
      const writer = startThread<WriterMethods>(url, { workerData: { file }, errors: sqliteErrors });
      try {
        await writer.ask('open');
        return new SqliteEventStore(openReader(file), writer, release, file, log);
      } catch (error) {
        await writer.close();
        release();
        throw error;
      }
    });
  }

  async append(append: StreamAppend): Promise<Appended> {
    const [appended] = await this.appendMany([append]);
    return appended as Appended;
  }

  async appendMany(appends: readonly StreamAppend[]): Promise<readonly Appended[]> {
    this.assertOpen();
    return appends.length === 0 ? [] : this.group.add(textOf(appends));
  }

  readStream(stream: string, options: ReadStream = {}): AsyncIterable<StoredEvent> {
    return this.reads.stream(stream, options);
  }

  readAll(options: ReadAll = {}): AsyncIterable<StoredEvent> {
    return this.reads.all(options);
  }

  subscribe(options: Subscribe): AsyncIterable<SubscriptionPage> {
    this.assertOpen();
    return this.reads.subscribe(options);
  }

  async head(): Promise<number> {
    this.assertOpen();
    return this.view.head;
  }

  async verify(): Promise<Verification> {
    this.assertOpen();
    return translated(async () => {
      const head = this.view.head;
      await this.upkeep.indexAll();
      return this.maintenance.verify(head);
    });
  }

  async backup(file: string): Promise<void> {
    this.assertOpen();
    await translated(() => this.maintenance.backup(file));
  }

  async ready(): Promise<void> {
    this.assertOpen();
    if (Date.now() - this.lastStored < proofLasts) return;
    const probe = (this.probe ??= this.tryToWrite());
    await translated(() => probe);
  }

  close(): Promise<void> {
    return (this.closing ??= this.finish());
  }

  private async finish(): Promise<void> {
    this.view.end();
    await this.group.drain();
    await this.upkeep.idle();
    await this.maintenance.close();
    this.db.close();
    await this.writer.close();
    this.release();
  }

  private note(append: TextAppend, outcome: Outcome, recordedAt: number): void {
    this.view.note(append, outcome);
    if (outcome.kind !== 'stored') return;
    this.recent.add(append, outcome.position, outcome.revision, recordedAt);
    this.lastStored = Date.now();
    this.hasFailed = false;
    this.upkeep.stored(append);
  }

  private failed(): void {
    this.lastStored = 0;
    this.hasFailed = true;
  }

  private async tryToWrite(): Promise<void> {
    try {
      await this.writer.ask('probe', this.hasFailed ? probeSize.afterFailure : probeSize.usual);
      this.hasFailed = false;
    } catch (error) {
      this.failed();
      throw error;
    } finally {
      this.probe = undefined;
    }
  }

  private done(): void {
    this.view.announce();
    this.upkeep.run();
  }

  private assertOpen(): void {
    if (this.view.over) throw closedError();
  }
}
