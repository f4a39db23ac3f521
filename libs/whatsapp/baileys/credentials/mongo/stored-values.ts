import mongoose from 'mongoose';
import type { Mongo } from '#lib/mongo';
import type { StoredValue } from '../stored-value.js';
import { CredentialLog } from './log.js';
import { credentialsCollection, keyOf, type Row } from './rows.js';
import { Unapplied } from './unapplied.js';

const maxRowsPerInsert = 500;

/**
 * All that a database has, as it is, also while a process writes there: what was written before is in it. The newest of each value in the rows
 * and in the log of what is not in the rows yet, which is read first.
 */
export const readStoredValues = async function* (mongo: Mongo): AsyncGenerator<StoredValue> {
  const logged = new Unapplied();
  for (const step of await new CredentialLog(mongo).beside()) logged.add(step);
  const newerInRows = new Set<string>();
  for await (const { _id, session, type, id, value, sequence } of mongo.db
    .collection<Row>(credentialsCollection)
    .find()) {
    const changedBy = logged.lastChange(session, type, id);
    if (changedBy !== undefined && changedBy >= sequence) continue;
    if (changedBy !== undefined) newerInRows.add(_id);
    yield { session, type, id, value: value.buffer };
  }
  for (const { session, type, id, value } of logged.changes().values)
    if (value !== null && !newerInRows.has(keyOf(session, type, id))) yield { session, type, id, value };
};

/** Fills a database that has none. */
export const writeStoredValues = async ({ db }: Mongo, values: Iterable<StoredValue>): Promise<void> => {
  const rows = db.collection<Row>(credentialsCollection);
  let batch: Row[] = [];
  const insert = async (): Promise<void> => {
    if (batch.length > 0) await rows.insertMany(batch);
    batch = [];
  };
  for (const { session, type, id, value } of values) {
    const _id = keyOf(session, type, id);
    batch.push({ _id, session, type, id, value: new mongoose.mongo.Binary(value), sequence: 0 });
    if (batch.length === maxRowsPerInsert) await insert();
  }
  await insert();
};
