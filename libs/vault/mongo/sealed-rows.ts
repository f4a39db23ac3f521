import type { Mongo } from '#lib/mongo';
import type { SealedSecret } from '../sealed-secret.js';
import { rowOf, secretsCollection, type SecretRow } from './rows.js';

const maxRowsPerInsert = 500;

/** All secrets of a database, as they are. */
export const readSealedSecrets = async function* ({ db }: Mongo): AsyncGenerator<SealedSecret> {
  for await (const { kind, id, sealed, expiresAt } of db.collection<SecretRow>(secretsCollection).find())
    yield { kind, id, sealed: sealed.buffer, expiresAt: expiresAt?.getTime() ?? null };
};

/** Fills a collection that is empty. */
export const writeSealedSecrets = async ({ db }: Mongo, secrets: Iterable<SealedSecret>): Promise<void> => {
  const rows = db.collection<SecretRow>(secretsCollection);
  let batch: SecretRow[] = [];
  const insert = async (): Promise<void> => {
    if (batch.length > 0) await rows.insertMany(batch);
    batch = [];
  };
  for (const { expiresAt, ...secret } of secrets) {
    batch.push(rowOf({ ...secret, expiresAt: expiresAt === null ? null : new Date(expiresAt) }));
    if (batch.length === maxRowsPerInsert) await insert();
  }
  await insert();
};
