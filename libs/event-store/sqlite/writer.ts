import type { Database, Statement } from '#lib/sqlite';
import { decide, type Decision } from './expectation.js';
import { loadTail, makeIndexer } from './indexer.js';
import type { TextAppend, TextEvent } from './input.js';
import { Places } from './places.js';
import { checksumOf, columns } from './row.js';
import type { Tail } from './tail.js';
import type { Outcome, Unit } from './wire.js';

/** How many events are filed in the index tables at once. More touch fewer pages per event, and hold appends up for longer. */
export const indexBatch = 2048;

/** The only writer of the log. Knows its end by heart, and reads it anew after any failure. */
export class Writer {
  private readonly insert: Statement;
  private readonly fileInIndex: (from: number, to: number) => void;
  private state: { tail: Tail; places: Places } | undefined;

  constructor(private readonly db: Database) {
    this.insert = db.prepare(`INSERT INTO events (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.fileInIndex = makeIndexer(db);
    // A log that was cut off before it could be indexed, or that was filled by another tool.
    while (this.known().tail.head - this.known().tail.start > indexBatch) this.index(indexBatch);
  }

  /** Stores what can be stored, in one transaction. Answers for each append of each unit. `recordedAt` is in milliseconds. When this throws, nothing was stored. */
  commit(units: readonly Unit[], recordedAt: number): readonly Outcome[] {
    return this.transaction(() => units.flatMap((unit) => this.take(unit, recordedAt)));
  }

  /** Files the next events (at most so many) in the index tables. Returns the position up to which all are filed. */
  index(most = indexBatch): number {
    const { tail, places } = this.known();
    const to = Math.min(tail.head, tail.start + most);
    if (to === tail.start) return to;
    this.fileInIndex(tail.start, to);
    const rest = tail.after(to);
    places.shorten(rest);
    this.state = { tail: rest, places };
    return to;
  }

  /** Writes so many bytes to the disk, to see whether that can be done, and gives their room back to the file. */
  probe(bytes: number): void {
    for (const size of [bytes, 1]) {
      this.transaction(() => this.db.prepare('UPDATE probe SET filler = zeroblob(?)').run(size));
    }
  }

  /** Moves what is left in the write-ahead log to the file, so that the log can start from its beginning again. */
  checkpoint(): void {
    this.db.pragma('wal_checkpoint(PASSIVE)');
  }

  close(): void {
    this.db.close();
  }

  private take(unit: Unit, recordedAt: number): readonly Outcome[] {
    const { places } = this.known();
    const decisions = unit.map((append) => decide(append, places));
    if (decisions.some(({ kind }) => kind === 'conflict')) {
      return decisions.map((decision) => (decision.kind === 'conflict' ? decision : { kind: 'left_out' }));
    }
    return unit.map((append, index) => this.carryOut(append, decisions[index] as Decision, recordedAt));
  }

  private carryOut({ stream, events }: TextAppend, decision: Decision, recordedAt: number): Outcome {
    if (decision.kind !== 'new') return decision;
    let revision = decision.head;
    for (const event of events) this.store(stream, (revision += 1), event, recordedAt);
    return { kind: 'stored', revision, position: this.known().tail.head };
  }

  private store(stream: string, revision: number, [id, type, data, metadata]: TextEvent, recordedAt: number): void {
    const { tail } = this.known();
    const position = tail.head + 1;
    const checksum = checksumOf(position, stream, revision, type, id, data, metadata, recordedAt);
    this.insert.run(position, stream, revision, type, id, data, metadata, recordedAt, checksum);
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

  private known(): { tail: Tail; places: Places } {
    if (!this.state) {
      const tail = loadTail(this.db);
      this.state = { tail, places: new Places(this.db, tail) };
    }
    return this.state;
  }
}
