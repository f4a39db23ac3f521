import type { Database } from '#lib/sqlite';
import type { Batch, EventWrites } from '../port.js';
import type { Copy } from './table.js';
import type { Sql } from './where.js';

/** A subscription and the copy it writes. */
export type ProgressKey = [subscription: string, copy: Copy];

/** The checkpoints and parked events. Runs in the transaction of the caller. */
export const openProgress = (db: Database) => {
  const selectCheckpoint = db.prepare<ProgressKey, number>(checkpointSql).pluck();
  const upsertCheckpoint = db.prepare<[...ProgressKey, number]>(
    `INSERT INTO progress VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET checkpoint = excluded.checkpoint`,
  );
  const selectParked = db.prepare<[...ProgressKey, number], number>(
    'SELECT 1 FROM parked WHERE subscription = ? AND copy = ? AND position = ?',
  );
  const upsertParked = db.prepare<[...ProgressKey, number, string]>(
    'INSERT OR REPLACE INTO parked VALUES (?, ?, ?, ?)',
  );
  const deleteParked = db.prepare<[...ProgressKey, number]>(
    'DELETE FROM parked WHERE subscription = ? AND copy = ? AND position = ?',
  );
  const moves = ['progress', 'parked'].map((name) => ({
    clear: db.prepare<ProgressKey>(`DELETE FROM ${name} WHERE subscription = ? AND copy = ?`),
    move: db.prepare<[Copy, ...ProgressKey]>(`UPDATE ${name} SET copy = ? WHERE subscription = ? AND copy = ?`),
  }));

  const checkpoint = (key: ProgressKey): number => selectCheckpoint.get(...key) ?? 0;
  const isParked = (key: ProgressKey, position: number): boolean => selectParked.get(...key, position) !== undefined;
  const clear = (key: ProgressKey): void => moves.forEach(({ clear }) => clear.run(...key));

  return {
    checkpoint,
    clear,

    /** The changes that were not applied yet: new ones, and those of parked events that the batch unparks. */
    due: (key: ProgressKey, { changes, unpark = [] }: Batch): readonly EventWrites[] => {
      const handled = checkpoint(key);
      const retried = new Set(unpark.filter((position) => isParked(key, position)));
      return changes.filter(({ position }) => position > handled || retried.has(position));
    },

    /** Stores the checkpoint and the parked events of a batch. Repeating an old batch does not park its events again. */
    record: (key: ProgressKey, { checkpoint: reached, park = [], unpark = [] }: Batch): void => {
      const handled = checkpoint(key);
      for (const parked of park) {
        if (parked.position <= handled && !isParked(key, parked.position)) continue;
        upsertParked.run(...key, parked.position, JSON.stringify(parked));
      }
      for (const position of unpark) deleteParked.run(...key, position);
      if (reached > handled) upsertCheckpoint.run(...key, reached);
    },

    /** Makes the progress of the rebuild that of the live copy. */
    promote: (subscription: string): void => {
      clear([subscription, 'live']);
      for (const { move } of moves) move.run('live', subscription, 'rebuild');
    },
  };
};

const checkpointSql = 'SELECT checkpoint FROM progress WHERE subscription = ? AND copy = ?';
const parkedSql = 'SELECT parked FROM parked WHERE subscription = ? AND copy = ? ORDER BY position';

/** Selects the checkpoint, and the parked events as JSON. */
export const progressSql = (...key: ProgressKey): readonly Sql[] => [
  { sql: checkpointSql, values: key },
  { sql: parkedSql, values: key },
];
