import { type AnyCollection, type Fields } from '#lib/read-models';
import { openWriter } from '#lib/sqlite';
import { type Cell, cellOf } from '../../libs/read-models/sqlite/cell.js';
import { createNextIndex } from '../../libs/read-models/sqlite/indexes.js';
import { createTables } from '../../libs/read-models/sqlite/schema.js';
import { columnOf, tableOf } from '../../libs/read-models/sqlite/table.js';

export type FloorDocument = { readonly id: string; readonly doc: Fields };

/**
 * The time in seconds that SQLite alone needs for the documents of a view: whole documents are upserted on the calling thread,
 * `perTransaction` at a time, into a new file with the table of the collection, whose indexes are made at the end; without progress, reads or
 * search.
 */
export const upsertFloor = (
  file: string,
  collection: AnyCollection,
  documents: Iterable<FloorDocument>,
  perTransaction = 500,
): number => {
  const db = openWriter(file, 'normal');
  db.pragma('wal_autocheckpoint = 8192');
  const table = tableOf({ ...collection, search: [] }, 'live');
  createTables(db, table);
  const columns = [...table.fields.map(columnOf), 'doc'];
  const upsert = db.prepare<Cell[]>(
    `INSERT INTO ${table.docs} (id, ${columns.join(', ')}) VALUES (?, ${columns.map(() => '?').join(', ')})
     ON CONFLICT (id) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`,
  );
  const flush = db.transaction((batch: readonly FloorDocument[]): void => {
    for (const { id, doc } of batch) {
      upsert.run(id, ...table.fields.map((field) => cellOf(doc[field])), JSON.stringify(doc));
    }
  });

  const begun = performance.now();
  let batch: FloorDocument[] = [];
  for (const document of documents) {
    batch.push(document);
    if (batch.length < perTransaction) continue;
    flush(batch);
    batch = [];
  }
  flush(batch);
  while (createNextIndex(db, table));
  const seconds = (performance.now() - begun) / 1000;
  db.close();
  return seconds;
};
