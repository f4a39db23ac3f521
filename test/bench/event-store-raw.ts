import { migrate, openWriter, type Database } from '#lib/sqlite';
// The floor writes the same table as the adapter, so it uses the adapter's parts.
import { makeIndexer } from '../../libs/event-store/sqlite/indexer.js';
import { checksumOf, columns, type EventRow } from '../../libs/event-store/sqlite/row.js';
import { eventStoreMigrations } from '../../libs/event-store/sqlite/schema.js';
import { indexBatchEvents } from '../../libs/event-store/sqlite/writer.js';
import type { PlacedEvent } from './event-store-workload.js';

const pagesBetweenCheckpoints = 4000;

/** The log without the adapter: prepared rows are inserted on the calling thread. */
export class RawLog {
  readonly db: Database;
  private last: number;
  private filed: number;
  private readonly insert;
  private readonly file;

  constructor(path: string) {
    this.db = openWriter(path, 'full');
    migrate(this.db, eventStoreMigrations);
    this.last = this.number('SELECT coalesce(max(position), 0) FROM events');
    this.filed = this.number('SELECT up_to FROM indexed');
    this.insert = this.db.prepare(`INSERT INTO events (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.file = makeIndexer(this.db);
    this.db.pragma(`wal_autocheckpoint = ${pagesBetweenCheckpoints}`);
  }

  /** The rows of the next events. */
  rowsFor(events: readonly PlacedEvent[]): readonly EventRow[] {
    const recordedAt = Date.now();
    return events.map(({ stream, revision, event: { id, type, data, metadata } }, index) => {
      const position = this.last + index + 1;
      const [dataText, metadataText] = [JSON.stringify(data), JSON.stringify(metadata)];
      const checksum = checksumOf(position, stream, revision, type, id, dataText, metadataText, recordedAt);
      return [position, stream, revision, type, id, dataText, metadataText, recordedAt, checksum];
    });
  }

  /** Inserts rows, `batch` in each transaction, and indexes them as the adapter does. */
  append(rows: readonly EventRow[], batch: number): void {
    for (let start = 0; start < rows.length; start += batch) {
      this.db.exec('BEGIN IMMEDIATE');
      for (const row of rows.slice(start, start + batch)) this.insert.run(...row);
      this.db.exec('COMMIT');
      this.last += Math.min(batch, rows.length - start);
      if (this.last - this.filed >= indexBatchEvents) this.index();
    }
  }

  index(): void {
    this.file(this.filed, this.last);
    this.filed = this.last;
  }

  private number(sql: string): number {
    return this.db.prepare<[], number>(sql).pluck().get() ?? 0;
  }

  close(): void {
    this.db.close();
  }
}
