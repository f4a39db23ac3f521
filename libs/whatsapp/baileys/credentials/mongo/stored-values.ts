import mongoose from 'mongoose';
import type { Mongo } from '#lib/mongo';
import type { StoredValue } from '../stored-value.js';
import { credentialsCollection, keyOf, type Row } from './rows.js';

const maxRowsPerInsert = 500;

/** All that a database has, as it is: opened once before, which brings the rows up to date with the log. */
export const readStoredValues = async function* ({ db }: Mongo): AsyncGenerator<StoredValue> {
  for await (const { session, type, id, value } of db.collection<Row>(credentialsCollection).find())
    yield { session, type, id, value: value.buffer };
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
