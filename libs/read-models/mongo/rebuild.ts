import { randomUUID } from 'node:crypto';
import { isDuplicateKey, type Mongo } from '#lib/mongo';
import type { AnyCollection } from '../collection.js';
import {
  type Copy,
  anyDocument,
  progressId,
  type ProgressRow,
  type Row,
  type Rows,
  rowsName,
  searchOf,
  toFields,
  viewOf,
  wordsOf,
} from './rows.js';
import { addIndexes } from './schema.js';

const pageSize = 1000;

export const rowsOf = (mongo: Mongo, name: string, copy: Copy): Rows =>
  mongo.db.collection<Row>(rowsName(mongo, name, copy));

const progressOf = async (rows: Rows): Promise<ProgressRow['_progress'] | undefined> =>
  ((await rows.findOne({ _id: progressId })) as ProgressRow | null)?._progress;

const create = async (mongo: Mongo, collection: AnyCollection, copy: Copy): Promise<void> => {
  const { version } = collection;
  const _progress = { checkpoint: 0, version, search: searchOf(collection), token: randomUUID() };
  try {
    await rowsOf(mongo, collection.name, copy).insertOne({ _id: progressId, _progress });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error; // another process was faster
  }
};

const namespaceNotFound = 26;

const dropRebuild = async (mongo: Mongo, { name }: AnyCollection): Promise<void> => {
  try {
    await rowsOf(mongo, name, 'rebuild').drop();
  } catch (error) {
    // Before version 7, the server says so where there is none.
    if ((error as { readonly code?: unknown }).code !== namespaceNotFound) throw error;
  }
};

/** Creates the live copy of a view, or adds the indexes that are missing, and brings its words up to date; drops an unfinished rebuild. Returns its version. */
export const prepareView = async (mongo: Mongo, collection: AnyCollection): Promise<number> => {
  const rows = rowsOf(mongo, collection.name, 'live');
  await dropRebuild(mongo, collection);
  if (!(await progressOf(rows))) await create(mongo, collection, 'live');
  await addIndexes(mongo, collection, 'live');
  const stored = await progressOf(rows);
  if (stored && stored.search !== searchOf(collection)) await refillWords(rows, collection);
  return stored?.version ?? collection.version;
};

/** Drops both copies of the views that are meant. Answers their names, in order. */
export const dropViews = async ({ db }: Mongo, isMeant: (view: string) => boolean): Promise<readonly string[]> => {
  const dropped = new Set<string>();
  for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
    const view = viewOf(name);
    if (view === undefined || !isMeant(view)) continue;
    await db.dropCollection(name);
    dropped.add(view);
  }
  return [...dropped].sort();
};

/** The version of a view's stored content; undefined where there is no such view. */
export const versionOf = async (mongo: Mongo, { name }: AnyCollection): Promise<number | undefined> =>
  (await progressOf(rowsOf(mongo, name, 'live')))?.version;

/** Only words are written, in place: a crash in between has it done again. */
const refillWords = async (rows: Rows, collection: AnyCollection): Promise<void> => {
  for (let last: Row['_id'] | undefined; ;) {
    const page = await rows
      .find(last === undefined ? anyDocument : { _id: { $gt: last } })
      .sort({ _id: 1 })
      .limit(pageSize)
      .toArray();
    if (page.length === 0) break;
    const updates = page.map((row) => {
      const update = { $set: { _words: wordsOf(collection, toFields(row)) } };
      return { updateOne: { filter: { _id: row._id }, update } };
    });
    await rows.bulkWrite(updates, { ordered: false });
    last = page.at(-1)?._id;
  }
  await rows.updateOne({ _id: progressId }, { $set: { '_progress.search': searchOf(collection) } });
};

export const beginRebuild = async (mongo: Mongo, collection: AnyCollection): Promise<void> => {
  await dropRebuild(mongo, collection);
  await create(mongo, collection, 'rebuild');
  await addIndexes(mongo, collection, 'rebuild');
};

/**
 * Renames the rebuilt collection to the live one, which swaps documents, progress and parked events in one step for every reader. `begun`
 * are the tokens of the copies for which that was begun, by view: it may be done, although the caller was told that the server is away.
 */
export const finishRebuild = async (
  mongo: Mongo,
  { name }: AnyCollection,
  begun: Map<string, string>,
): Promise<void> => {
  const [live, rebuilt] = [rowsOf(mongo, name, 'live'), rowsOf(mongo, name, 'rebuild')];
  const [before, after] = [await progressOf(live), await progressOf(rebuilt)];
  if (!after && before && before.token === begun.get(name)) return void begun.delete(name);
  if (!after) throw new Error(`There is no rebuild of ${name}`);
  if (before && after.checkpoint < before.checkpoint) {
    throw new Error(`The rebuild of ${name} is at ${after.checkpoint}, behind the live copy at ${before.checkpoint}`);
  }
  begun.set(name, after.token);
  try {
    await rebuilt.rename(rowsName(mongo, name, 'live'), { dropTarget: true });
  } catch (error) {
    // Its answer may have been lost.
    if ((await progressOf(live))?.token !== after.token) throw error;
  }
  begun.delete(name);
};
