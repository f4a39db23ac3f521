import { migrate, openWriter } from '#lib/sqlite';
import type { SealedSecret } from '../sealed-secret.js';
import { secretsMigrations } from './schema.js';
import { SecretsTable } from './table.js';

/** All secrets of a file, as they are. Nothing else may have the file open. */
export const readSealedSecrets = function* (file: string): Generator<SealedSecret> {
  const db = openWriter(file, 'full');
  try {
    migrate(db, secretsMigrations);
    yield* db.prepare<[], SealedSecret>('SELECT kind, id, sealed, expires_at AS expiresAt FROM secrets').iterate();
  } finally {
    db.close();
  }
};

/** The value by which the key is recognized is a row like the secrets. */
export const checkName = { kind: 'key-check', id: '' };

/** Whether a file has the value by which its key is recognized, which every vault has that was ever opened. Nothing else may have the file open. */
export const hasSecretsCheck = (file: string): boolean => {
  for (const { kind } of readSealedSecrets(file)) if (kind === checkName.kind) return true;
  return false;
};

const maxSecretsPerCommit = 500;

/** Fills a new file. */
export const writeSealedSecrets = async (file: string, secrets: AsyncIterable<SealedSecret>): Promise<void> => {
  const db = openWriter(file, 'full');
  try {
    migrate(db, secretsMigrations);
    const table = new SecretsTable(db);
    const write = db.transaction((batch: readonly SealedSecret[]) => {
      for (const secret of batch) table.write({ ...secret, ifStored: 'anything', now: 0 });
    });
    let batch: SealedSecret[] = [];
    const commit = (): void => {
      write.immediate(batch);
      batch = [];
    };
    for await (const secret of secrets) if (batch.push(secret) === maxSecretsPerCommit) commit();
    commit();
  } finally {
    db.close();
  }
};
