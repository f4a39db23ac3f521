import { randomBytes } from 'node:crypto';
import type { Database } from '#lib/sqlite';
import type { AnyCollection } from '../collection.js';
import { columnOf, type Copy, indexesOf, type Table, tableOf, unquoted } from './table.js';

/** What an index is for, and its columns. */
type Index = readonly [purpose: string, columns: string];

/**
 * Which copies have no indexes yet but that of the ids. Those that are filled from nothing get them at the end: made at once, from sorted
 * rows, they cost a fraction of what it takes to keep them up to date row by row.
 */
export const openUnindexed = (db: Database) => {
  const find = db.prepare<[string, Copy], number>('SELECT 1 FROM unindexed WHERE collection = ? AND copy = ?').pluck();
  const insert = db.prepare<[string, Copy]>('INSERT OR IGNORE INTO unindexed VALUES (?, ?)');
  const remove = db.prepare<[string, Copy]>('DELETE FROM unindexed WHERE collection = ? AND copy = ?');
  return {
    has: (name: string, copy: Copy): boolean => find.get(name, copy) !== undefined,
    add: (name: string, copy: Copy): void => void insert.run(name, copy),
    remove: (name: string, copy: Copy): void => void remove.run(name, copy),
    /** Creates an index that is missing. Returns whether there may be more. */
    buildNext: (collection: AnyCollection, copy: Copy): boolean => {
      if (find.get(collection.name, copy) === undefined) return false;
      if (createNextIndex(db, tableOf(collection, copy))) return true;
      remove.run(collection.name, copy);
      return false;
    },
  };
};

export const createIdIndex = (db: Database, table: Table): void => createIndex(db, table, ['unique', 'id']);

/** Creates one of the indexes that are missing. Returns whether there was one. */
export const createNextIndex = (db: Database, table: Table): boolean => {
  const [missing] = missingIndexes(db, table);
  if (missing) createIndex(db, table, missing);
  return missing !== undefined;
};

/** Creates an index by which documents are found by a field, if the definition has one and the table none yet. */
export const createIndexOf = (db: Database, table: Table, field: string): void => {
  const begins = ([, columns]: Index): boolean => columns.startsWith(`${columnOf(field)},`);
  const missing = missingIndexes(db, table).filter(begins);
  const hasNone = missing.length === wantedIndexes(table).filter(begins).length;
  if (missing[0] && hasNone) createIndex(db, table, missing[0]);
};

/** Drops those that the definition does not have any more. */
export const dropOtherIndexes = (db: Database, table: Table): void => {
  const wanted = new Set(wantedIndexes(table).map(([purpose]) => purpose));
  for (const index of presentIndexes(db, table)) if (!wanted.has(purposeOf(index))) db.exec(`DROP INDEX "${index}"`);
};

/** Index names are unique in a file and survive the renaming of a table: a random part, then what is indexed. */
const createIndex = (db: Database, table: Table, [purpose, columns]: Index): void => {
  const unique = purpose === 'unique' ? 'UNIQUE' : '';
  db.exec(`CREATE ${unique} INDEX "${randomBytes(6).toString('hex')} ${purpose}" ON ${table.docs} (${columns})`);
};

const wantedIndexes = (table: Table): readonly Index[] => [
  ['unique', 'id'],
  ...indexesOf(table.collection).map(
    (fields) => [`(${fields.join(',')})`, [...fields.map(columnOf), 'id'].join(', ')] as const,
  ),
];

const missingIndexes = (db: Database, table: Table): readonly Index[] => {
  const present = new Set(presentIndexes(db, table).map(purposeOf));
  return wantedIndexes(table).filter(([purpose]) => !present.has(purpose));
};

const presentIndexes = (db: Database, table: Table): readonly string[] =>
  db.prepare('SELECT name FROM pragma_index_list(?)').pluck().all(unquoted(table.docs)).map(String);

const purposeOf = (index: string): string => index.slice(index.indexOf(' ') + 1);
