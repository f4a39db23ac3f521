import { workerData } from 'node:worker_threads';
import { migrate, openWriter } from '#lib/sqlite';
import { serveThread } from '#lib/threads';
import { secretsMigrations } from './schema.js';
import { SecretsTable, type SecretName, type SecretWrite } from './table.js';

const { file } = workerData as { readonly file: string };
let table: SecretsTable | undefined;

const opened = (): SecretsTable => {
  if (!table) throw new Error('The secrets are not open');
  return table;
};

const methods = {
  open: (): void => {
    const db = openWriter(file, 'full');
    try {
      db.pragma('wal_autocheckpoint = 200');
      db.pragma('secure_delete = ON'); // removed secrets do not remain in free pages
      migrate(db, secretsMigrations);
      table = new SecretsTable(db);
    } catch (error) {
      db.close();
      throw error;
    }
  },
  write: (secret: SecretWrite) => opened().write(secret),
  get: (name: SecretName) => opened().get(name),
  take: (name: SecretName) => opened().take(name),
  list: (of: Pick<SecretName, 'kind' | 'now'>) => opened().list(of),
  sweep: (at: Pick<SecretName, 'now'>) => opened().sweep(at),
  maintain: () => opened().maintain(),
  close: () => table?.close(),
};
export type SecretsMethods = typeof methods;

serveThread(methods);
