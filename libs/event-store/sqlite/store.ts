import { openReader, own, sqliteErrors, type Database } from '#lib/sqlite';
import { startThread, workerUrl, type Thread } from '#lib/threads';
import type {
  Appended,
  Damage,
  EventStore,
  ReadAll,
  ReadStream,
  StoredEvent,
  StreamAppend,
  Subscribe,
  SubscriptionPage,
  PartVerification,
  Verification,
} from '../port.js';
import { DamagedEvents } from '../damaged-events.js';
import { GroupCommit } from './group-commit.js';
import { loadTail } from './indexer.js';
import { serializeAppends, type SerializedAppend } from '../serialize.js';
import { LogReads } from './log-reads.js';
import { Maintenance } from './maintenance.js';
import { closedError, translated } from './errors.js';
import { RecentEvents } from './recent-events.js';
import { Upkeep } from './upkeep.js';
import type { SqliteEventStoreOptions } from './index.js';
import { LogView } from './log-view.js';
import { decodeOutcomes, encodeGroup, type EncodedCommit, type AppendOutcome } from './wire.js';
import type { LogWriterMethods } from './log-writer.worker.js';

/** After an append has succeeded, the store counts as ready for this long. */
const readyAfterAppendMs = 1000;
/** Bytes that must fit on the disk for the store to be ready: after a failure enough to continue for a while. */
const probeBytes = { usual: 16 * 1024, afterFailure: 1024 * 1024 };

/** The event store in one SQLite file: one thread writes, one maintains the file, and the calling thread reads. */
export class SqliteEventStore implements EventStore {
  readonly capabilities = { multiStream: true, gapless: true };
  private readonly view: LogView;
  private readonly recent = new RecentEvents();
  private readonly damagedEvents = new DamagedEvents();
  private readonly reads: LogReads;
  private readonly group: GroupCommit;
  private readonly maintenance: Maintenance;
  private readonly upkeep: Upkeep;
  /** By the monotonic clock, in milliseconds. */
  private lastStoredAt = -Infinity;
  private hasFailed = false;
  private probe: Promise<void> | undefined;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly db: Database,
    private readonly writer: Thread<LogWriterMethods>,
    private readonly release: () => void,
    file: string,
    log: SqliteEventStoreOptions['log'],
  ) {
    this.view = new LogView(loadTail(db), () => loadTail(db));
    this.reads = new LogReads(db, this.view, this.recent, this.damagedEvents);
    this.maintenance = new Maintenance(file);
    this.upkeep = new Upkeep(this.view, writer, this.maintenance, log);
    this.group = new GroupCommit({
      commit: async (group, recordedAt) => {
        const commit: EncodedCommit = { group: encodeGroup(group), recordedAt };
        return decodeOutcomes(await writer.ask('commit', commit));
      },
      onOutcome: (append, outcome, recordedAt) => this.note(append, outcome, recordedAt),
      onCommitted: () => this.committed(),
      onFailed: () => this.failed(),
    });
  }

  static open(file: string, log: SqliteEventStoreOptions['log']): Promise<SqliteEventStore> {
    return translated(async () => {
      const release = own(file);
      const url = workerUrl('./log-writer.worker.js', import.meta.url);
      const writer = startThread<LogWriterMethods>(url, { workerData: { file }, errors: sqliteErrors });
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
    return appends.length === 0 ? [] : this.group.add(serializeAppends(appends));
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
      const verification = await this.maintenance.verify(head);
      for (const damage of verification.corrupt) this.damagedEvents.note(damage);
      return verification;
    });
  }

  async verifyPart({ after, limit }: { after: number; limit: number }): Promise<PartVerification> {
    this.assertOpen();
    return translated(async () => {
      await this.upkeep.indexAll();
      const part = await this.maintenance.verifyPart(after, limit, this.view.tail.start);
      for (const damage of part.corrupt) this.damagedEvents.note(damage);
      return part;
    });
  }

  async maintain(): Promise<void> {
    this.assertOpen();
    await translated(async () => {
      await this.maintenance.checkpoint(); // most of it, while appends continue
      await this.writer.ask('maintain');
    });
  }

  damaged(): readonly Damage[] {
    return this.damagedEvents.list();
  }

  passOver(position: number): void {
    this.damagedEvents.passOver(position);
  }

  async backup(file: string): Promise<void> {
    this.assertOpen();
    await translated(() => this.maintenance.backup(file));
  }

  async ready(): Promise<void> {
    this.assertOpen();
    if (performance.now() - this.lastStoredAt < readyAfterAppendMs) return;
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

  private note(append: SerializedAppend, outcome: AppendOutcome, recordedAt: number): void {
    this.view.note(append, outcome);
    if (outcome.kind !== 'stored') return;
    this.recent.add(append, outcome.position, outcome.revision, recordedAt);
    this.lastStoredAt = performance.now();
    this.hasFailed = false;
    this.upkeep.stored(append);
  }

  private failed(): void {
    this.lastStoredAt = -Infinity;
    this.hasFailed = true;
  }

  private async tryToWrite(): Promise<void> {
    try {
      await this.writer.ask('probe', this.hasFailed ? probeBytes.afterFailure : probeBytes.usual);
      this.hasFailed = false;
    } catch (error) {
      this.failed();
      throw error;
    } finally {
      this.probe = undefined;
    }
  }

  private committed(): void {
    this.view.announce();
    this.upkeep.run();
  }

  private assertOpen(): void {
    if (this.view.over) throw closedError();
  }
}
