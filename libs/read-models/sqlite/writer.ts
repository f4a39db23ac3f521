import { type Database, diskProblem, migrate, openWriter } from '#lib/sqlite';
import type { AnyCollection } from '../collection.js';
import type { Batch } from '../port.js';
import { type Documents, openDocuments } from './documents.js';
import { type ProgressKey, openProgress } from './progress.js';
import { discardTables, hasTables, promoteTables, sweep } from './rebuild.js';
import { createTables, updateTables, readModelsMigrations, searchOf } from './schema.js';
import { type Copy, tableOf } from './table.js';

/** A commit also checkpoints the write-ahead log when it has this many pages (of 4 kB). */
const checkpointPages = 8192;

/** Why a batch failed. The others of its group are not affected. */
export type BatchFailure = { readonly message: string; readonly code?: string };

/** The only writer of a file. Synchronous: it runs on a thread of its own. */
export const openViewWriter = (file: string) => {
  const db = openWriter(file, 'normal');
  db.pragma(`wal_autocheckpoint = ${checkpointPages}`);
  migrate(db, readModelsMigrations);
  const progress = openProgress(db);
  const documents = openPrepared(db);
  const saveCollection = db.prepare<[string, number, string]>('INSERT OR REPLACE INTO collections VALUES (?, ?, ?)');
  const probe = db.prepare<[number]>('UPDATE probe SET tries = tries + 1, weight = zeroblob(?)');
  let failedBytes = 0;

  const applyOne = db.transaction((batch: Batch): void => {
    const key: ProgressKey = [batch.subscription, batch.shadow ? 'rebuild' : 'live'];
    const due = progress.due(key, batch);
    documents.of(batch.collection, key[1]).write(due.flatMap(({ writes }) => writes));
    progress.record(key, batch);
  });

  /** One commit for all. A batch that fails by itself is rejected alone; a problem of the disk fails all. */
  const applyGroup = db.transaction((batches: readonly string[]): readonly (BatchFailure | null)[] =>
    batches.map((text) => {
      try {
        applyOne(JSON.parse(text) as Batch);
        return null;
      } catch (error) {
        if (!db.inTransaction || diskProblem(error)) throw error;
        return failureOf(error);
      }
    }),
  );

  const prepareOne = (collection: AnyCollection): readonly [name: string, version: number] => {
    const table = tableOf(collection, 'live');
    const stored = storedCollection(db, collection.name);
    if (stored) updateTables(db, table, stored.search);
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
    if (!hasTables(db, collection.name, 'rebuild')) throw new Error(`There is no rebuild of ${collection.name}`);
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
    apply: (batches: readonly string[]): readonly (BatchFailure | null)[] => {
      failedBytes = batches.reduce((bytes, batch) => bytes + batch.length, 0);
      const failures = applyGroup(batches);
      failedBytes = 0;
      return failures;
    },
    prepare: db.transaction((collections: readonly AnyCollection[]) => {
      documents.prepare(collections);
      return collections.map(prepareOne);
    }),
    beginRebuild: db.transaction(beginRebuild),
    finishRebuild: db.transaction(finishRebuild),
    sweep: db.transaction(() => sweep(db)),
    /** Writes as much as the last batches had, if they could not be written. */
    probe: (): void => void probe.run(failedBytes),
    close: (): void => void db.close(),
  };
};

const failureOf = (error: unknown): BatchFailure => {
  if (!(error instanceof Error)) return { message: String(error) };
  return { message: error.message, ...('code' in error && { code: String(error.code) }) };
};

const storedCollection = (db: Database, name: string) =>
  db
    .prepare<[string], { version: number; search: string }>('SELECT version, search FROM collections WHERE name = ?')
    .get(name);

/** The documents of prepared collections, opened on first use. Statements refer to tables by name, so they survive a rebuild. */
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
      if (copy === 'rebuild' && !hasTables(db, name, copy)) throw new Error(`There is no rebuild of ${name}`);
      const documents = opened.get(`${copy} ${name}`) ?? openDocuments(db, tableOf(collection, copy));
      opened.set(`${copy} ${name}`, documents);
      return documents;
    },
  };
};
