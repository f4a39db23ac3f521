import { maintain, migrate, openWriter, type Database } from '#lib/sqlite';
import type { Parked } from '#lib/read-models';
import type { ProgressRecord, StoredProgress } from '../port.js';
import { sagaProgressMigrations } from './schema.js';

/** Pages (of 4 kB) in the write-ahead log from which on a commit also moves them into the database. */
const checkpointPages = 200;

/** Opens the file, creating it if it does not exist. Everything here is synchronous: it runs in a thread of its own. */
export const openTables = (file: string) => {
  const db = openWriter(file, 'full');
  try {
    db.pragma(`wal_autocheckpoint = ${checkpointPages}`);
    migrate(db, sagaProgressMigrations);
    return tables(db);
  } catch (error) {
    db.close();
    throw error;
  }
};

const tables = (db: Database) => {
  const selectCheckpoint = db.prepare<[string], number>('SELECT checkpoint FROM progress WHERE saga = ?').pluck();
  const raiseCheckpoint = db.prepare<[string, number]>(
    `INSERT INTO progress VALUES (?, ?)
     ON CONFLICT DO UPDATE SET checkpoint = excluded.checkpoint WHERE excluded.checkpoint > checkpoint`,
  );
  const selectParked = db
    .prepare<[string], string>('SELECT parked FROM parked WHERE saga = ? ORDER BY position')
    .pluck();
  const isParked = db.prepare<[string, number], number>('SELECT 1 FROM parked WHERE saga = ? AND position = ?').pluck();
  const upsertParked = db.prepare<[string, number, string]>('INSERT OR REPLACE INTO parked VALUES (?, ?, ?)');
  const deleteParked = db.prepare<[string, number]>('DELETE FROM parked WHERE saga = ? AND position = ?');
  const probe = db.prepare<[]>('UPDATE probe SET tries = tries + 1');

  const apply = ({ saga, checkpoint, park = [], unpark = [] }: ProgressRecord): void => {
    const done = selectCheckpoint.get(saga) ?? -1;
    for (const parked of park) {
      const { position } = parked;
      if (position <= done && isParked.get(saga, position) === undefined) continue;
      upsertParked.run(saga, position, JSON.stringify(parked));
    }
    for (const position of unpark) deleteParked.run(saga, position);
    raiseCheckpoint.run(saga, checkpoint);
  };
  const commit = db.transaction((records: readonly ProgressRecord[]) => records.forEach(apply));

  return {
    /** All records in one transaction. */
    commit: (records: readonly ProgressRecord[]): void => commit.immediate(records),
    load: (saga: string): StoredProgress => ({
      checkpoint: selectCheckpoint.get(saga),
      parked: selectParked.all(saga).map((json) => JSON.parse(json) as Parked),
    }),
    probe: (): void => void probe.run(),
    maintain: (): void => maintain(db),
    close: (): void => void db.close(),
  };
};
