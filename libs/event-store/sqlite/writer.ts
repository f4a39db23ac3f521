import { maintain, type Database, type Statement } from '#lib/sqlite';
import { checkExpectation, type AppendDecision } from './expectation.js';
import { loadTail, makeIndexer } from './indexer.js';
import type { SerializedAppend, SerializedEvent } from '../serialize.js';
import { StreamLookup } from './stream-lookup.js';
import { checksumOf, columns } from './row.js';
import type { Tail } from './tail.js';
import type { AppendOutcome, AtomicAppends } from './wire.js';

/** Events that are indexed at once. More touch fewer pages per event, but delay appends for longer. */
export const indexBatchEvents = 2048;

/** The only writer of the log. Keeps its tail in memory, and reloads it after a failure. */
export class LogWriter {
  private readonly insert: Statement;
  private readonly indexEvents: (from: number, to: number) => void;
  private state: { tail: Tail; streams: StreamLookup } | undefined;

  constructor(private readonly db: Database) {
    this.insert = db.prepare(`INSERT INTO events (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.indexEvents = makeIndexer(db);
    // The process may have ended before it could index, or another tool has filled the log.
    while (this.loaded().tail.head - this.loaded().tail.start > indexBatchEvents) this.index(indexBatchEvents);
  }

  /** Stores a group in one transaction; returns the outcome of each append. If it throws, nothing was stored. */
  commit(group: readonly AtomicAppends[], recordedAtMs: number): readonly AppendOutcome[] {
    return this.transaction(() => group.flatMap((appends) => this.store(appends, recordedAtMs)));
  }

  /** Indexes the next events, at most `count`. Returns the position up to which all are indexed. */
  index(count = indexBatchEvents): number {
    const { tail, streams } = this.loaded();
    const to = Math.min(tail.head, tail.start + count);
    if (to === tail.start) return to;
    this.indexEvents(tail.start, to);
    const rest = tail.after(to);
    streams.replaceTail(rest);
    this.state = { tail: rest, streams };
    return to;
  }

  /** Writes this many bytes to check that the disk has room for them, and frees them again. */
  probe(bytes: number): void {
    for (const size of [bytes, 1]) {
      this.transaction(() => this.db.prepare('UPDATE probe SET filler = zeroblob(?)').run(size));
    }
  }

  /** Copies the rest of the write-ahead log into the file, so that the log starts again from its beginning. */
  checkpoint(): void {
    this.db.pragma('wal_checkpoint(PASSIVE)');
  }

  maintain(): void {
    maintain(this.db);
  }

  close(): void {
    this.db.close();
  }

  private store(appends: AtomicAppends, recordedAtMs: number): readonly AppendOutcome[] {
    const { streams } = this.loaded();
    const decisions = appends.map((append) => checkExpectation(append, streams));
    if (decisions.some(({ kind }) => kind === 'conflict')) {
      return decisions.map((decision) => (decision.kind === 'conflict' ? decision : { kind: 'not_tried' }));
    }
    return appends.map((append, index) => this.storeAppend(append, decisions[index] as AppendDecision, recordedAtMs));
  }

  private storeAppend(
    { stream, events }: SerializedAppend,
    decision: AppendDecision,
    recordedAtMs: number,
  ): AppendOutcome {
    if (decision.kind !== 'new') return decision;
    let revision = decision.head;
    for (const event of events) this.insertEvent(stream, (revision += 1), event, recordedAtMs);
    return { kind: 'stored', revision, position: this.loaded().tail.head };
  }

  private insertEvent(
    stream: string,
    revision: number,
    [id, type, data, metadata]: SerializedEvent,
    recordedAtMs: number,
  ): void {
    const { tail } = this.loaded();
    const position = tail.head + 1;
    const checksum = checksumOf(position, stream, revision, type, id, data, metadata, recordedAtMs);
    this.insert.run(position, stream, revision, type, id, data, metadata, recordedAtMs, checksum);
    tail.add({ stream, revision, position, type, id });
  }

  private transaction<Result>(work: () => Result): Result {
    try {
      this.db.exec('BEGIN IMMEDIATE');
      const result = work();
      this.db.exec('COMMIT');
      return result;
    } catch (error) {
      this.state = undefined;
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
  }

  private loaded(): { tail: Tail; streams: StreamLookup } {
    if (!this.state) {
      const tail = loadTail(this.db);
      this.state = { tail, streams: new StreamLookup(this.db, tail) };
    }
    return this.state;
  }
}
