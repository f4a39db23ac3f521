import type { Database } from '#lib/sqlite';
import type { Batch, Change } from '../port.js';
import type { Copy } from './table.js';
import type { Sql } from './where.js';

/** Whose progress, and in which copy. */
export type Of = [subscription: string, copy: Copy];

/** The checkpoints and parked events, in the transaction that the caller has begun. */
export const openProgress = (db: Database) => {
  const selectCheckpoint = db.prepare<Of, number>(checkpointSql).pluck();
  const upsertCheckpoint = db.prepare<[...Of, number]>(
    `INSERT INTO progress VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET checkpoint = excluded.checkpoint`,
  );
  const selectParked = db.prepare<[...Of, number], number>(
    'SELECT 1 FROM parked WHERE subscription = ? AND copy = ? AND position = ?',
  );
  const upsertParked = db.prepare<[...Of, number, string]>('INSERT OR REPLACE INTO parked VALUES (?, ?, ?, ?)');
  const deleteParked = db.prepare<[...Of, number]>(
    'DELETE FROM parked WHERE subscription = ? AND copy = ? AND position = ?',
  );
  const moves = ['progress', 'parked'].map((name) => ({
    clear: db.prepare<Of>(`DELETE FROM ${name} WHERE subscription = ? AND copy = ?`),
    move: db.prepare<[Copy, ...Of]>(`UPDATE ${name} SET copy = ? WHERE subscription = ? AND copy = ?`),
  }));

  const checkpoint = (of: Of): number => selectCheckpoint.get(...of) ?? 0;
  const isParked = (of: Of, position: number): boolean => selectParked.get(...of, position) !== undefined;
  const clear = (of: Of): void => moves.forEach(({ clear }) => clear.run(...of));

  return {
    checkpoint,
    clear,

    /** The changes that are not done yet: new ones, and parked ones that this batch takes back. */
    due: (of: Of, { changes, unpark = [] }: Batch): readonly Change[] => {
      const done = checkpoint(of);
      const retried = new Set(unpark.filter((position) => isParked(of, position)));
      return changes.filter(({ position }) => position > done || retried.has(position));
    },

    /** Records what a batch says, once its changes are made. An event is not parked again when an old batch is repeated. */
    record: (of: Of, { checkpoint: reached, park = [], unpark = [] }: Batch): void => {
      const done = checkpoint(of);
      for (const parked of park) {
        if (parked.position <= done && !isParked(of, parked.position)) continue;
        upsertParked.run(...of, parked.position, JSON.stringify(parked));
      }
      for (const position of unpark) deleteParked.run(...of, position);
      if (reached > done) upsertCheckpoint.run(...of, reached);
    },

    /** What the rebuild reached counts from now on. */
    promote: (subscription: string): void => {
      clear([subscription, 'live']);
      for (const { move } of moves) move.run('live', subscription, 'rebuild');
    },
  };
};

const checkpointSql = 'SELECT checkpoint FROM progress WHERE subscription = ? AND copy = ?';
const parkedSql = 'SELECT parked FROM parked WHERE subscription = ? AND copy = ? ORDER BY position';

/** Rows of one checkpoint, and rows of the parked events as JSON. */
export const progressSql = (...of: Of): readonly Sql[] => [
  { sql: checkpointSql, values: of },
  { sql: parkedSql, values: of },
];
