import { randomBytes } from 'node:crypto';
import type { Database } from '#lib/sqlite';
import type { AnyCollection } from '../collection.js';
import { type Copy, docsName, unquoted, wordsName } from './table.js';

const exists = (db: Database, table: string): boolean =>
  db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`).get(unquoted(table)) !== undefined;

export const hasTables = (db: Database, name: string, copy: Copy): boolean => exists(db, docsName(name, copy));

/** Renames the tables of a collection, which is fast for any size; `sweep` drops them. */
export const discardTables = (db: Database, { name }: Pick<AnyCollection, 'name'>, copy: Copy): void => {
  const token = randomBytes(6).toString('hex');
  rename(db, docsName(name, copy), `"trash-docs ${token}"`);
  rename(db, wordsName(name, copy), `"trash-words ${token}"`);
};

/** Renames the rebuilt tables to the live ones: every connection uses them from its next statement on. */
export const promoteTables = (db: Database, { name }: AnyCollection): void => {
  rename(db, docsName(name, 'rebuild'), docsName(name, 'live'));
  rename(db, wordsName(name, 'rebuild'), wordsName(name, 'live'));
};

const rename = (db: Database, from: string, to: string): void => {
  if (exists(db, from)) db.exec(`ALTER TABLE ${from} RENAME TO ${to}`);
};

/** Drops a bounded piece of what was discarded, so that writes do not wait long. Returns whether there may be more. */
export const sweep = (db: Database): boolean => {
  // A full-text index has tables of its own, with an underscore in their names, which are dropped with it.
  const trash = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'trash-*' AND name NOT GLOB '*_*'`;
  const name = db.prepare<[], string>(trash).pluck().get();
  if (name === undefined) return false;
  const index = db.prepare<[string], string>('SELECT name FROM pragma_index_list(?)').pluck().get(name);
  if (name.startsWith('trash-words')) db.exec(`DROP TABLE "${name}"`);
  else if (index !== undefined) db.exec(`DROP INDEX "${index}"`);
  else if (deleteRows(db, name) === 0) db.exec(`DROP TABLE "${name}"`);
  return true;
};

const deleteRows = (db: Database, name: string): number =>
  db.prepare(`DELETE FROM "${name}" WHERE seq <= (SELECT min(seq) FROM "${name}") + 5000`).run().changes;
