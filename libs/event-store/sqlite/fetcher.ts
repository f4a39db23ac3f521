import type { Database, Statement } from '#lib/sqlite';
import { CorruptEvent } from '../errors.js';
import type { Direction, StoredEvent } from '../port.js';
import { columns, eventOf, isIntact, type Row } from './row.js';

/** The most that one turn of the event loop spends on reading, in milliseconds, and about the most it brings into memory, in characters. */
const mostTime = 1.5;
const mostText = 512 * 1024;
/** How many rows are fetched at once: at first, and when they prove to be small. */
const firstChunk = 16;
const mostRows = 64;

/** Fetches rows of what was asked for: `count` of them, after the first `done`. */
type Fetch = (done: number, count: number) => readonly Row[];

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
    const statement = this.stretch[direction];
    const count = highest - lowest + 1;
    return direction === 'forwards'
      ? take(
          count,
          (done, most) => statement.all(lowest + done, Math.min(highest, lowest + done + most - 1)),
          (index) => lowest + index,
        )
      : take(
          count,
          (done, most) => statement.all(Math.max(lowest, highest - done - most + 1), highest - done),
          (index) => highest - index,
        );
  }

  /** The first of the events at these positions, which are in order. @throws {CorruptEvent} */
  at(positions: readonly number[], direction: Direction): readonly StoredEvent[] {
    const statement = this.listed[direction];
    return take(
      positions.length,
      (done, most) => statement.all(JSON.stringify(positions.slice(done, done + most))),
      (index) => positions[index] as number,
    );
  }
}

/** Stops before an event that is damaged or missing; that is an error only once it would be the first. */
const take = (count: number, fetch: Fetch, positionAt: (index: number) => number): readonly StoredEvent[] => {
  const events: StoredEvent[] = [];
  const end = performance.now() + mostTime;
  let text = 0;
  let chunk = firstChunk;
  while (events.length < count && text < mostText && (events.length === 0 || performance.now() < end)) {
    const done = events.length;
    let problem = 'it is missing';
    for (const row of fetch(done, chunk)) {
      if (row[0] !== positionAt(events.length)) break;
      if (!isIntact(row)) {
        problem = 'its checksum does not fit';
        break;
      }
      events.push(eventOf(row));
      text += row[5].length + row[6].length;
    }
    if (events.length === 0) throw new CorruptEvent(positionAt(0), problem);
    if (events.length === done) return events;
    chunk = Math.max(1, Math.min(mostRows, Math.floor((mostText * events.length) / (text + 1))));
  }
  return events;
};
