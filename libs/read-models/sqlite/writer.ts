import { type Database, diskProblem, migrate, openWriter } from '#lib/sqlite';
import type { AnyCollection } from '../collection.js';
import type { Batch } from '../port.js';
import { type Documents, openDocuments } from './documents.js';
import { type Of, openProgress } from './progress.js';
import { discardTables, hasTables, promoteTables, sweep } from './rebuild.js';
import { createTables, followDefinition, migrations, searchOf } from './schema.js';
import { type Copy, tableOf } from './table.js';

/** Pages (of 4 kB) in the write-ahead log from which on a commit also moves them into the database. */
const checkpointPages = 8192;

/** Why a batch was refused. The others of its group are not touched by it. */
export type Refusal = { readonly message: string; readonly code?: string };

/** The only writer of a file. Everything here is synchronous: it runs in a thread of its own. */
export const openWriterOf = (file: string) => {
  const db = openWriter(file, 'normal');
  db.pragma(`wal_autocheckpoint = ${checkpointPages}`);
  migrate(db, migrations);
  const progress = openProgress(db);
  const documents = openPrepared(db);
  const saveCollection = db.prepare<[string, number, string]>('INSERT OR REPLACE INTO collections VALUES (?, ?, ?)');
  const probe = db.prepare<[number]>('UPDATE probe SET tries = tries + 1, weight = zeroblob(?)');
  let unwritten = 0;

  const applyOne = db.transaction((batch: Batch): void => {
    const of: Of = [batch.subscription, batch.shadow ? 'rebuild' : 'live'];
    const due = progress.due(of, batch);
    documents.of(batch.collection, of[1]).write(due.flatMap(({ writes }) => writes));
    progress.record(of, batch);
  });

  /** One commit for all. A batch that fails by itself is refused alone; trouble with the disk undoes all. */
  const applyGroup = db.transaction((batches: readonly string[]): readonly (Refusal | null)[] =>
    batches.map((text) => {
      try {
        applyOne(JSON.parse(text) as Batch);
        return null;
      } catch (error) {
        if (!db.inTransaction || diskProblem(error)) throw error;
        return refusalOf(error);
      }
    }),
  );

  const prepareOne = (collection: AnyCollection): readonly [name: string, version: number] => {
    const table = tableOf(collection, 'live');
    const stored = storedCollection(db, collection.name);
    if (stored) followDefinition(db, table, stored.search);
    else createTables(db, table);
    discardTables(db, collection, 'rebuild');
    const version = stored?.version ?? collection.version;
    saveCollection.run(collection.name, version, searchOf(table));
    return [collection.name, version];
  };

  const beginRebuild = (collection: AnyCollection): void => {
    discardTables(db, collection, 'rebuild');
    progress.clear([collection.name, 'rebuild']);
    createTables(db, tableOf(collection, 'rebuild'));
  };

  const finishRebuild = (collection: AnyCollection): void => {
    if (!hasTables(db, collection.name, 'rebuild')) throw new Error(`No rebuild of ${collection.name} was begun`);
    const [live, rebuilt] = [
      progress.checkpoint([collection.name, 'live']),
      progress.checkpoint([collection.name, 'rebuild']),
    ];
    if (rebuilt < live) {
      throw new Error(`The rebuild of ${collection.name} is at ${rebuilt}, behind the live copy at ${live}`);
    }
    discardTables(db, collection, 'live');
    promoteTables(db, collection);
    progress.promote(collection.name);
    saveCollection.run(collection.name, collection.version, searchOf(tableOf(collection, 'live')));
  };

  return {
    apply: (batches: readonly string[]): readonly (Refusal | null)[] => {
      unwritten = batches.reduce((bytes, batch) => bytes + batch.length, 0);
      const refusals = applyGroup(batches);
      unwritten = 0;
      return refusals;
    },
    prepare: db.transaction((collections: readonly AnyCollection[]) => {
      documents.prepare(collections);
      return collections.map(prepareOne);
    }),
    beginRebuild: db.transaction(beginRebuild),
    finishRebuild: db.transaction(finishRebuild),
    sweep: db.transaction(() => sweep(db)),
    /** Writes as much as the batches held that could not be written last. */
    probe: (): void => void probe.run(unwritten),
    close: (): void => void db.close(),
  };
};

const refusalOf = (error: unknown): Refusal => {
  if (!(error instanceof Error)) return { message: String(error) };
  return { message: error.message, ...('code' in error && { code: String(error.code) }) };
};

const storedCollection = (db: Database, name: string) =>
  db
    .prepare<[string], { version: number; search: string }>('SELECT version, search FROM collections WHERE name = ?')
    .get(name);

/** The documents of prepared collections, opened when they are first written. Statements go by name, so they outlive a rebuild. */
const openPrepared = (db: Database) => {
  const prepared = new Map<string, AnyCollection>();
  const opened = new Map<string, Documents>();
  return {
    prepare: (collections: readonly AnyCollection[]): void => {
      for (const collection of collections) prepared.set(collection.name, collection);
    },
    of: (name: string, copy: Copy): Documents => {
      const collection = prepared.get(name);
      if (!collection) throw new Error(`The collection ${name} was not prepared`);
      if (copy === 'rebuild' && !hasTables(db, name, copy)) throw new Error(`No rebuild of ${name} was begun`);
      const documents = opened.get(`${copy} ${name}`) ?? openDocuments(db, tableOf(collection, copy));
      opened.set(`${copy} ${name}`, documents);
      return documents;
    },
  };
};
