import type { Database } from '#lib/sqlite';
import { DamagedLog } from './problems.js';
import { Tail, type Place } from './tail.js';

const category = `CASE instr(stream, '-') WHEN 0 THEN stream ELSE substr(stream, 1, instr(stream, '-') - 1) END`;
const events = `events WHERE position > @from AND position <= @to`;
/** Sorted by key, so that each page of an index is touched once, however many events fall on it. */
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

/** Returns a function that files the events after position `from`, up to `to`, in the index tables: all or none. */
export const makeIndexer = (db: Database): ((from: number, to: number) => void) => {
  const statements = steps.map((sql) => db.prepare(sql));
  return db.transaction((from: number, to: number) => {
    for (const statement of statements) statement.run({ from, to });
  });
};

/** Reads the tail: what lies beyond the index tables. @throws {DamagedLog} there is a hole in it. */
export const loadTail = (db: Database): Tail => {
  const start = db.prepare<[], number>('SELECT up_to FROM indexed').pluck().get() ?? 0;
  const places = db
    .prepare<[number], Place>(
      'SELECT stream, revision, position, type, id FROM events WHERE position > ? ORDER BY position',
    )
    .all(start);
  const hole = places.findIndex(({ position }, index) => position !== start + index + 1);
  if (hole >= 0) throw new DamagedLog(`Event ${start + hole + 1} is missing`);
  return new Tail(start, places);
};
