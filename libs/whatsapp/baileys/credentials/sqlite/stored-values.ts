import { migrate, openWriter } from '#lib/sqlite';
import { arrivalType, checkType, type StoredValue } from '../stored-value.js';
import { credentialsMigrations } from './schema.js';
import { CredentialsWriter } from './writer.js';

/** All that a file has, as it is. Nothing else may have the file open. */
export const readStoredValues = function* (file: string): Generator<StoredValue> {
  const db = openWriter(file, 'full');
  try {
    migrate(db, credentialsMigrations);
    yield* db.prepare<[], StoredValue>('SELECT session, type, id, value FROM credentials').iterate();
    yield* db
      .prepare<[string], StoredValue>('SELECT session, ? AS type, CAST(number AS TEXT) AS id, value FROM arrivals')
      .iterate(arrivalType);
  } finally {
    db.close();
  }
};

/** Whether a file has the value by which its key is recognized, which all credentials have that were ever opened sealed. */
export const hasCredentialsCheck = (file: string): boolean => {
  for (const { type } of readStoredValues(file)) if (type === checkType) return true;
  return false;
};

const maxValuesPerCommit = 500;

/** Fills a new file. */
export const writeStoredValues = async (file: string, values: AsyncIterable<StoredValue>): Promise<void> => {
  const db = openWriter(file, 'full');
  try {
    migrate(db, credentialsMigrations);
    const writer = new CredentialsWriter(db);
    let batch: StoredValue[] = [];
    const commit = (): void => {
      writer.commit(batch.map(changeOf), 'power_cut');
      batch = [];
    };
    for await (const value of values) if (batch.push(value) === maxValuesPerCommit) commit();
    commit();
  } finally {
    db.close();
  }
};

const changeOf = ({ session, type, id, value }: StoredValue) =>
  type === arrivalType
    ? { session, entries: [], arrivals: [{ number: Number(id), value }] }
    : { session, entries: [{ type, id, value }], arrivals: [] };
