import type { Database, Statement } from '#lib/sqlite';
import { placeholder, type DamagedEvents } from '../damaged-events.js';
import type { Direction, StoredEvent } from '../port.js';
import { columns, eventOf, isIntact, type EventRow } from './row.js';

/** Limits of one read, so that it does not block the event loop. */
const maxReadMs = 1.5;
const maxReadCharacters = 512 * 1024;
/** Rows per query: at first, and once they turn out to be small. */
const firstQueryRows = 16;
const maxQueryRows = 64;
const maxRowsPerWanted = 1.5;

/** Fetches the next `count` rows, after the first `done`. */
type Fetch = (done: number, count: number) => readonly EventRow[];

/** Reads events by position and checks each: as many as can be read without blocking the event loop. */
export class Fetcher {
  private readonly range: Readonly<Record<Direction, Statement<[number, number], EventRow>>>;
  private readonly listed: Readonly<Record<Direction, Statement<[string], EventRow>>>;

  constructor(
    db: Database,
    private readonly damaged: DamagedEvents,
  ) {
    const select = (where: string, order: 'ASC' | 'DESC') =>
      `SELECT ${columns} FROM events WHERE position ${where} ORDER BY position ${order}`;
    const range = (order: 'ASC' | 'DESC') =>
      db.prepare<[number, number], EventRow>(select('BETWEEN ? AND ?', order)).raw();
    const listed = (order: 'ASC' | 'DESC') =>
      db.prepare<[string], EventRow>(select('IN (SELECT value FROM json_each(?))', order)).raw();
    this.range = { forwards: range('ASC'), backwards: range('DESC') };
    this.listed = { forwards: listed('ASC'), backwards: listed('DESC') };
  }

  /** The first events between two positions, inclusive. @throws {CorruptEvent} */
  between(lowest: number, highest: number, direction: Direction): readonly StoredEvent[] {
    const statement = this.range[direction];
    const total = highest - lowest + 1;
    return direction === 'forwards'
      ? take(
          total,
          (done, count) => statement.all(lowest + done, Math.min(highest, lowest + done + count - 1)),
          (index) => lowest + index,
          this.damaged,
        )
      : take(
          total,
          (done, count) => statement.all(Math.max(lowest, highest - done - count + 1), highest - done),
          (index) => highest - index,
          this.damaged,
        );
  }

  /** The first events at these positions, which are sorted. @throws {CorruptEvent} */
  at(positions: readonly number[], direction: Direction): readonly StoredEvent[] {
    return take(
      positions.length,
      (done, count) => this.rowsAt(positions.slice(done, done + count), direction),
      (index) => positions[index] as number,
      this.damaged,
    );
  }

  /** A range costs half as much as a list of positions, and is worth it with some rows too many. */
  private rowsAt(positions: readonly number[], direction: Direction): readonly EventRow[] {
    const [first = 0, last = 0] = [positions[0], positions.at(-1)];
    const [lowest, highest] = direction === 'forwards' ? [first, last] : [last, first];
    const total = highest - lowest + 1;
    if (total > positions.length * maxRowsPerWanted) return this.listed[direction].all(JSON.stringify(positions));
    const rows = this.range[direction].all(lowest, highest);
    if (total === positions.length) return rows;
    const wanted = new Set(positions);
    return rows.filter(([position]) => wanted.has(position));
  }
}

/** Stops before a damaged or missing event, unless it is passed over. It is an error only if it would be the first one. */
const take = (
  count: number,
  fetch: Fetch,
  positionAt: (index: number) => number,
  damaged: DamagedEvents,
): readonly StoredEvent[] => {
  const events: StoredEvent[] = [];
  const end = performance.now() + maxReadMs;
  let characters = 0;
  let queryRows = firstQueryRows;
  while (events.length < count && characters < maxReadCharacters && (events.length === 0 || performance.now() < end)) {
    const done = events.length;
    const rows = fetch(done, queryRows);
    let used = 0;
    const upTo = Math.min(count, done + queryRows);
    while (events.length < upTo) {
      const position = positionAt(events.length);
      const row = rows[used]?.[0] === position ? rows[used] : undefined;
      if (row) used += 1;
      if (row && isIntact(row)) {
        events.push(eventOf(row));
        characters += row[5].length + row[6].length;
      } else if (damaged.isPassedOver(position)) {
        events.push(placeholderOf(position, row));
      } else {
        const problem = row ? 'its checksum does not match' : 'it is missing';
        if (events.length === 0) throw damaged.error({ position, problem });
        return events;
      }
    }
    queryRows = Math.max(1, Math.min(maxQueryRows, Math.floor((maxReadCharacters * events.length) / (characters + 1))));
  }
  return events;
};

/** There may be no row. */
const placeholderOf = (position: number, row: EventRow | undefined): StoredEvent =>
  placeholder({
    stream: row?.[1] ?? '',
    revision: row?.[2] ?? 0,
    position,
    recordedAt: new Date(row?.[7] ?? 0).toISOString(),
  });
