import type { Database } from '#lib/sqlite';
import type { Fields } from '../write.js';
import { wordsRow } from './documents.js';
import { createIdIndex, dropOtherIndexes } from './indexes.js';
import { columnOf, extractSql, unquoted, type Table, wordsName } from './table.js';

/** The tables of every file; those of a collection depend on its definition. */
export const readModelsMigrations: readonly string[] = [
  `CREATE TABLE collections (name TEXT PRIMARY KEY, version INTEGER NOT NULL, search TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE progress (subscription TEXT, copy TEXT, checkpoint INTEGER NOT NULL, PRIMARY KEY (subscription, copy))
     WITHOUT ROWID;
   CREATE TABLE parked (subscription TEXT, copy TEXT, position INTEGER, parked TEXT NOT NULL,
     PRIMARY KEY (subscription, copy, position)) WITHOUT ROWID;
   CREATE TABLE probe (tries INTEGER NOT NULL, weight BLOB NOT NULL);
   INSERT INTO probe VALUES (0, x'');`,
  `CREATE TABLE unindexed (collection TEXT, copy TEXT, PRIMARY KEY (collection, copy)) WITHOUT ROWID;`,
  `CREATE TABLE gone (collection TEXT, copy TEXT, field TEXT, value TEXT, PRIMARY KEY (collection, copy, field, value))
     WITHOUT ROWID;`,
];

/** Creates the tables of a collection, with no index but that of the ids. */
export const createTables = (db: Database, table: Table): void => {
  const columns = table.fields.map((field) => `${columnOf(field)}, `);
  db.exec(
    `CREATE TABLE ${table.docs} (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, ${columns.join('')}doc TEXT NOT NULL)`,
  );
  createIdIndex(db, table);
  createWords(db, table);
};

/** Brings the columns of existing tables and their words up to date with the definition, and drops indexes that it has no more. */
export const updateTables = (db: Database, table: Table, storedSearch: string): void => {
  const present = db
    .prepare(`SELECT name FROM pragma_table_info(?) WHERE name GLOB 'f_*'`)
    .pluck()
    .all(unquoted(table.docs));
  const wanted = table.fields.map(columnOf);
  const missing = table.fields.filter((field) => !present.includes(columnOf(field)));
  dropOtherIndexes(db, table);
  for (const column of present) {
    if (!wanted.includes(String(column))) db.exec(`ALTER TABLE ${table.docs} DROP COLUMN ${String(column)}`);
  }
  for (const field of missing) db.exec(`ALTER TABLE ${table.docs} ADD COLUMN ${columnOf(field)}`);
  if (missing.length > 0) {
    db.exec(
      `UPDATE ${table.docs} SET ${missing.map((field) => `${columnOf(field)} = ${extractSql(field)}`).join(', ')}`,
    );
  }
  if (storedSearch !== searchOf(table)) refillWords(db, table);
};

/** What the index of words is made of: another value means that it is made anew. */
export const searchOf = ({ collection: { search = [], searchWithin } }: Table): string =>
  JSON.stringify(searchWithin === undefined ? search : { search, searchWithin });

/** The words come from `searchWordsOf`, so the tokenizer only splits them at spaces. Columns and positions are not stored. */
const createWords = (db: Database, { words }: Table): void => {
  if (!words) return;
  const options = `content='', contentless_delete=1, detail=none, tokenize='ascii'`;
  db.exec(`CREATE VIRTUAL TABLE ${words} USING fts5(words, ${options})`);
};

const refillWords = (db: Database, table: Table): void => {
  db.exec(`DROP TABLE IF EXISTS ${wordsName(table.collection.name, 'live')}`);
  createWords(db, table);
  if (!table.words) return;
  const insert = db.prepare(`INSERT INTO ${table.words} (rowid, words) VALUES (?, ?)`);
  const page = db.prepare<[number], { seq: number; doc: string }>(
    `SELECT seq, doc FROM ${table.docs} WHERE seq > ? ORDER BY seq LIMIT 1000`,
  );
  for (let rows = page.all(0); rows.length > 0; rows = page.all(rows.at(-1)?.seq ?? Infinity)) {
    for (const { seq, doc } of rows) insert.run(seq, wordsRow(table, JSON.parse(doc) as Fields));
  }
};
