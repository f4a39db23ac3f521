import type { Database } from '#lib/sqlite';
import type { Owner } from '../owners.js';
import type { Copy } from './table.js';

type CopyKey = [collection: string, copy: Copy];

/** Whose documents each copy of a collection has removed for good. Runs in the transaction of the caller. */
export const openGoneOwners = (db: Database) => {
  const find = db
    .prepare<[...CopyKey, string, string], number>(
      'SELECT 1 FROM gone WHERE collection = ? AND copy = ? AND field = ? AND value = ?',
    )
    .pluck();
  const insert = db.prepare<[...CopyKey, string, string]>('INSERT OR IGNORE INTO gone VALUES (?, ?, ?, ?)');
  const remove = db.prepare<CopyKey>('DELETE FROM gone WHERE collection = ? AND copy = ?');
  const move = db.prepare<[Copy, ...CopyKey]>('UPDATE gone SET copy = ? WHERE collection = ? AND copy = ?');
  return {
    of: (...key: CopyKey): GoneOwners => ({
      has: ({ field, value }) => find.get(...key, field, value) !== undefined,
      add: ({ field, value }) => void insert.run(...key, field, value),
    }),
    clear: (...key: CopyKey): void => void remove.run(...key),
    /** Makes those of the rebuild those of the live copy. */
    promote: (collection: string): void => {
      remove.run(collection, 'live');
      move.run('live', collection, 'rebuild');
    },
  };
};

/** Those of one copy. */
export type GoneOwners = { readonly has: (owner: Owner) => boolean; readonly add: (owner: Owner) => void };
