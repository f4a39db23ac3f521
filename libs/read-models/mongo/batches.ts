import { isDuplicateKey, type Session, type Transactions } from '#lib/mongo';
import type mongoose from 'mongoose';
import type { AnyCollection } from '../collection.js';
import type { Batch } from '../port.js';
import { goneIdsIn, guarded, idsIn, statementsOf } from './drafts.js';
import { joinedDrafts, type ReadRows } from './joining.js';
import {
  keyOf,
  type OtherProgressRow,
  progressId,
  progressIdOf,
  type ProgressRow,
  type Row,
  type Rows,
} from './rows.js';
import { ReadModelsUnavailable } from '../errors.js';

/** How often a batch is tried that meets the writes of somebody else. */
const maxAttempts = 5;
/** Documents that are joined, and are found in one answer. */
const maxJoined = 1000;

/** Writes a batch: on a replica set all of it or nothing; elsewhere in an order in which repeating it makes it whole. */
export const applyBatch = async (
  transactions: Transactions,
  rows: Rows,
  collection: AnyCollection,
  batch: Batch,
): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transactions.run((session) => applyOnce(rows, collection, batch, session));
    } catch (error) {
      if (!isDuplicateKey(error) || attempt === maxAttempts) throw error;
    }
  }
};

const applyOnce = async (rows: Rows, collection: AnyCollection, batch: Batch, session: Session): Promise<void> => {
  const { subscription, changes, checkpoint, park = [], unpark = [] } = batch;
  const inSession = session ? { session } : {};
  const id = progressIdOf(subscription, collection.name);
  const positions = [...unpark, ...park.map(({ position }) => position)];
  const ids = [progressId, id, ...positions, ...idsIn(changes), ...goneIdsIn(collection, changes)];
  const first = await read(rows, { _id: { $in: ids } }, ids.length, session);
  const found = new Map(first.map((row) => [keyOf(row._id), row]));
  if (!found.get(progressId)) throw missing(batch);
  const progress = found.get(keyOf(id)) as ProgressRow | OtherProgressRow | undefined;
  const handled = progress?._progress.checkpoint ?? 0;
  // A parked event after the checkpoint is left from a batch that was not finished, and is handled again.
  const isParked = (position: number): boolean => position <= handled && found.has(position);

  const due = changes.filter(({ position }) => position > handled || (unpark.includes(position) && isParked(position)));
  const drafts = await joinedDrafts(collection, due, handled, { found, rows: readerOf(rows, session) });
  const { deletes, inserts, updates } = statementsOf(collection, due, handled, drafts);
  const parking = park
    .filter(({ position }) => position > handled || isParked(position))
    .map((parked) => guarded({ _id: parked.position }, { _parked: parked }));
  const unfinished = { deleteMany: { filter: { _id: { $gt: handled } } } };
  const statements = [
    ...(session || id !== progressId ? [] : [unfinished]),
    ...deletes,
    ...inserts,
    ...updates,
    ...parking,
    ...(checkpoint > handled ? [advance(id, progress, checkpoint)] : []),
    ...(unpark.length > 0 ? [{ deleteMany: { filter: { _id: { $in: unpark } } } }] : []),
  ];
  if (statements.length === 0) return;
  await rows.bulkWrite(statements as mongoose.mongo.AnyBulkWriteOperation<Row>[], { ...inSession, ordered: true });
};

/** `atOnce`: so many rows are in the first answer. */
const read = (rows: Rows, filter: object, atOnce: number, session: Session): Promise<readonly Row[]> => {
  const options = { ...(session && { session }), batchSize: atOnce + 1, projection: { _words: 0 } };
  return rows.find(filter, options).toArray();
};

const readerOf = (rows: Rows, session: Session): ReadRows => ({
  byIds: (ids) => read(rows, { _id: { $in: ids } }, ids.length, session),
  byField: (field, values) => read(rows, { [field]: { $in: values } }, maxJoined, session),
  areWhole: session !== undefined,
});

/** Moves the checkpoint on, if nobody else has moved it. */
const advance = (id: Row['_id'], before: ProgressRow | OtherProgressRow | undefined, checkpoint: number): object => {
  if (!before) return { insertOne: { document: { _id: id, _progress: { checkpoint } } } };
  const { checkpoint: handled, ...others } = before._progress;
  const token = 'token' in others ? { '_progress.token': others.token } : {};
  return guarded({ _id: id, '_progress.checkpoint': handled, ...token }, { _progress: { ...others, checkpoint } });
};

const missing = ({ collection, shadow = false }: Batch): Error =>
  shadow
    ? new Error(`There is no rebuild of ${collection}`)
    : new ReadModelsUnavailable('corrupt', `The view ${collection} is gone from MongoDB: restart to have it rebuilt`);

/** Several batches of a subscription as one, the earlier ones first. None may park or unpark events. */
export const mergedBatch = (batches: readonly Batch[]): Batch => {
  const [first] = batches as [Batch];
  let checkpoint = -1;
  const changes = batches.flatMap((batch) => {
    const own = batch.changes.filter(({ position }) => position > checkpoint);
    checkpoint = Math.max(checkpoint, batch.checkpoint);
    return own;
  });
  return { ...first, changes, checkpoint };
};
