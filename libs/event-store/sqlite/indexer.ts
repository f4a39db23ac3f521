import type { Database } from '#lib/sqlite';
import { DamagedLog } from './errors.js';
import { Tail, type EventLocation } from './tail.js';

const category = `CASE instr(stream, '-') WHEN 0 THEN stream ELSE substr(stream, 1, instr(stream, '-') - 1) END`;
const events = `events WHERE position > @from AND position <= @to`;
/** Sorted by key, so that each page of an index is touched once, however many events belong on it. */
const steps = [
  `INSERT INTO streams (name) SELECT stream FROM (SELECT stream, min(position) AS first FROM ${events} GROUP BY stream)
     WHERE true ORDER BY first ON CONFLICT DO NOTHING`,
  `INSERT INTO kinds (category, type) SELECT DISTINCT ${category}, type FROM ${events} ON CONFLICT DO NOTHING`,
  `INSERT INTO by_stream SELECT streams.id, revision, position
     FROM (SELECT stream, revision, position FROM ${events}) CROSS JOIN streams ON streams.name = stream ORDER BY 1, 2`,
  `INSERT INTO by_id SELECT streams.id, unhex(events.id, '-'), revision
     FROM (SELECT stream, id, revision FROM ${events}) AS events CROSS JOIN streams ON streams.name = events.stream ORDER BY 1, 2`,
  `INSERT INTO by_kind SELECT kinds.id, position
     FROM (SELECT ${category} AS category, type, position FROM ${events}) AS events
     CROSS JOIN kinds ON kinds.category = events.category AND kinds.type = events.type ORDER BY 1, 2`,
  `UPDATE indexed SET up_to = @to`,
];

/** Returns a function that indexes the events after position `from`, up to `to`: all or none. */
export const makeIndexer = (db: Database): ((from: number, to: number) => void) => {
  const statements = steps.map((sql) => db.prepare(sql));
  return db.transaction((from: number, to: number) => {
    for (const statement of statements) statement.run({ from, to });
  });
};

/** Reads the tail: the events that are not indexed yet. @throws {DamagedLog} an event is missing in it. */
export const loadTail = (db: Database): Tail => {
  const start = db.prepare<[], number>('SELECT up_to FROM indexed').pluck().get() ?? 0;
  const locations = db
    .prepare<[number], EventLocation>(
      'SELECT stream, revision, position, type, id FROM events WHERE position > ? ORDER BY position',
    )
    .all(start);
  const gap = locations.findIndex(({ position }, index) => position !== start + index + 1);
  if (gap >= 0) throw new DamagedLog(`Event ${start + gap + 1} is missing`);
  return new Tail(start, locations);
};
