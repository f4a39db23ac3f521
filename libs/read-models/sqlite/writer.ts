import { type Database, diskProblem, maintain, migrate, openWriter } from '#lib/sqlite';
import type { AnyCollection } from '../collection.js';
import type { Batch } from '../port.js';
import { type Documents, openDocuments } from './documents.js';
import { openGoneOwners } from './gone-owners.js';
import { createNextIndex, openUnindexed } from './indexes.js';
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
  const gone = openGoneOwners(db);
  const documents = openPrepared(db, gone);
  const unindexed = openUnindexed(db);
  const saveCollection = db.prepare<[string, number, string]>('INSERT OR REPLACE INTO collections VALUES (?, ?, ?)');
  const forgetCollection = db.prepare<[string]>('DELETE FROM collections WHERE name = ?');
  const probe = db.prepare<[number]>('UPDATE probe SET tries = tries + 1, weight = zeroblob(?)');
  let failedBytes = 0;

  const applyOne = db.transaction((batch: Batch): void => {
    const key: ProgressKey = [batch.subscription, batch.shadow ? 'rebuild' : 'live'];
    const due = progress.due(key, batch);
    documents.of(batch.collection, key[1]).write(due.flatMap(({ writes }) => writes));
    progress.record(key, batch);
  });

  const attempt = (text: string): BatchFailure | null => {
    const isOneOfSeveral = db.inTransaction;
    try {
      applyOne(JSON.parse(text) as Batch);
      return null;
    } catch (error) {
      if (db.inTransaction !== isOneOfSeveral || diskProblem(error)) throw error;
      return failureOf(error);
    }
  };

  /** One commit for all. A batch that fails by itself is rejected alone; a problem of the disk fails all. */
  const applyGroup = db.transaction((batches: readonly string[]) => batches.map(attempt));

  const prepareOne = (collection: AnyCollection): readonly [name: string, version: number] => {
    const table = tableOf(collection, 'live');
    const stored = storedCollection(db, collection.name);
    if (!stored) createUnindexed(collection, 'live');
    else {
      updateTables(db, table, stored.search);
      if (!unindexed.has(collection.name, 'live')) while (createNextIndex(db, table));
    }
    discardTables(db, collection, 'rebuild');
    const version = stored?.version ?? collection.version;
    saveCollection.run(collection.name, version, searchOf(table));
    return [collection.name, version];
  };

  const createUnindexed = (collection: AnyCollection, copy: Copy): void => {
    createTables(db, tableOf(collection, copy));
    unindexed.add(collection.name, copy);
  };

  const beginRebuild = (collection: AnyCollection): void => {
    discardTables(db, collection, 'rebuild');
    progress.clear([collection.name, 'rebuild']);
    gone.clear(collection.name, 'rebuild');
    createUnindexed(collection, 'rebuild');
  };

  const buildIndex = db.transaction(unindexed.buildNext);

  const finishRebuild = (collection: AnyCollection): void => {
    if (!hasTables(db, collection.name, 'rebuild')) throw new Error(`There is no rebuild of ${collection.name}`);
    const [live, rebuilt] = [
      progress.checkpoint([collection.name, 'live']),
      progress.checkpoint([collection.name, 'rebuild']),
    ];
    if (rebuilt < live) {
      throw new Error(`The rebuild of ${collection.name} is at ${rebuilt}, behind the live copy at ${live}`);
    }
    while (unindexed.buildNext(collection, 'rebuild'));
    discardTables(db, collection, 'live');
    unindexed.remove(collection.name, 'live');
    promoteTables(db, collection);
    progress.promote(collection.name);
    gone.promote(collection.name);
    saveCollection.run(collection.name, collection.version, searchOf(tableOf(collection, 'live')));
  };

  /** Only renames the tables; `sweep` drops them. */
  const dropUnprepared = (): readonly string[] => {
    const stored = db.prepare<[], string>('SELECT name FROM collections ORDER BY name').pluck().all();
    const dropped = stored.filter((name) => !documents.has(name));
    for (const name of dropped) {
      for (const copy of ['live', 'rebuild'] as const) {
        discardTables(db, { name }, copy);
        progress.clear([name, copy]);
        unindexed.remove(name, copy);
        gone.clear(name, copy);
      }
      forgetCollection.run(name);
    }
    return dropped;
  };

  return {
    apply: (batches: readonly string[]): readonly (BatchFailure | null)[] => {
      failedBytes = batches.reduce((bytes, batch) => bytes + batch.length, 0);
      // One alone needs no savepoint, for which SQLite would keep the former content of every page that it changes.
      const failures = batches.length === 1 ? batches.map(attempt) : applyGroup(batches);
      failedBytes = 0;
      return failures;
    },
    prepare: db.transaction((collections: readonly AnyCollection[]) => {
      documents.prepare(collections);
      return collections.map(prepareOne);
    }),
    /** Creates one of the indexes that are missing. Returns whether there may be more. */
    buildIndex: (collection: AnyCollection, copy: Copy): boolean =>
      sortingOnDisk(db, () => buildIndex(collection, copy)),
    beginRebuild: db.transaction(beginRebuild),
    finishRebuild: db.transaction(finishRebuild),
    dropUnprepared: db.transaction(dropUnprepared),
    sweep: db.transaction(() => sweep(db)),
    /** Writes as much as the last batches had, if they could not be written. */
    probe: (): void => void probe.run(failedBytes),
    maintain: (): void => maintain(db),
    close: (): void => void db.close(),
  };
};

/** Sorts on the disk what is too much for the memory; where there is no room for temporary files, in memory all the same. */
const sortingOnDisk = <Result>(db: Database, work: () => Result): Result => {
  db.pragma('temp_store = FILE');
  try {
    return work();
  } catch (error) {
    if (!diskProblem(error)) throw error;
    db.pragma('temp_store = MEMORY');
    return work();
  } finally {
    db.pragma('temp_store = MEMORY');
  }
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
const openPrepared = (db: Database, gone: ReturnType<typeof openGoneOwners>) => {
  const prepared = new Map<string, AnyCollection>();
  const opened = new Map<string, Documents>();
  return {
    prepare: (collections: readonly AnyCollection[]): void => {
      for (const collection of collections) prepared.set(collection.name, collection);
    },
    has: (name: string): boolean => prepared.has(name),
    of: (name: string, copy: Copy): Documents => {
      const collection = prepared.get(name);
      if (!collection) throw new Error(`The collection ${name} was not prepared`);
      if (copy === 'rebuild' && !hasTables(db, name, copy)) throw new Error(`There is no rebuild of ${name}`);
      const documents =
        opened.get(`${copy} ${name}`) ?? openDocuments(db, tableOf(collection, copy), gone.of(name, copy));
      opened.set(`${copy} ${name}`, documents);
      return documents;
    },
  };
};
