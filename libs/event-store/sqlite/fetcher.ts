import type { Database, Statement } from '#lib/sqlite';
import { CorruptEvent } from '../errors.js';
import type { Direction, StoredEvent } from '../port.js';
import { columns, eventOf, isIntact, type Row } from './row.js';

/** The most that one turn of the event loop spends on reading, in milliseconds, and the most it brings into memory, in characters. */
const mostTime = 1.5;
const mostText = 1024 * 1024;

/** Reads events by position, each checked: as many as can be read at once without holding up the thread. */
export class Fetcher {
  private readonly stretch: Readonly<Record<Direction, Statement<[number, number], Row>>>;
  private readonly listed: Readonly<Record<Direction, Statement<[string], Row>>>;

  constructor(db: Database) {
    const select = (where: string, order: 'ASC' | 'DESC') =>
      `SELECT ${columns} FROM events WHERE position ${where} ORDER BY position ${order}`;
    const stretch = (order: 'ASC' | 'DESC') =>
      db.prepare<[number, number], Row>(select('BETWEEN ? AND ?', order)).raw();
    const listed = (order: 'ASC' | 'DESC') =>
      db.prepare<[string], Row>(select('IN (SELECT value FROM json_each(?))', order)).raw();
    this.stretch = { forwards: stretch('ASC'), backwards: stretch('DESC') };
    this.listed = { forwards: listed('ASC'), backwards: listed('DESC') };
  }

  /** The first events between two positions, both included. @throws {CorruptEvent} */
  between(lowest: number, highest: number, direction: Direction): readonly StoredEvent[] {
    const step = direction === 'forwards' ? 1 : -1;
    const first = direction === 'forwards' ? lowest : highest;
    return take(
      this.stretch[direction].iterate(lowest, highest),
      highest - lowest + 1,
      (index) => first + index * step,
    );
  }

  /** The first of the events at these positions, which are in order. @throws {CorruptEvent} */
  at(positions: readonly number[], direction: Direction): readonly StoredEvent[] {
    if (positions.length === 0) return [];
    const rows = this.listed[direction].iterate(JSON.stringify(positions));
    return take(rows, positions.length, (index) => positions[index] as number);
  }
}

/** Stops before an event that is damaged or missing; that is an error only once it would be the first. */
const take = (rows: Iterable<Row>, expected: number, positionAt: (index: number) => number): readonly StoredEvent[] => {
  const events: StoredEvent[] = [];
  const start = performance.now();
  let text = 0;
  let problem = 'it is missing';
  for (const row of rows) {
    if (row[0] !== positionAt(events.length)) break;
    if (!isIntact(row)) {
      problem = 'its checksum does not fit';
      break;
    }
    events.push(eventOf(row));
    text += row[5].length + row[6].length;
    if (text > mostText || (events.length % 16 === 0 && performance.now() - start > mostTime)) break;
  }
  if (events.length === 0 && expected > 0) throw new CorruptEvent(positionAt(0), problem);
  return events;
};
