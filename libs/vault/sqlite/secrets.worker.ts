import { workerData } from 'node:worker_threads';
import { migrate, openWriter } from '#lib/sqlite';
import { serveThread } from '#lib/threads';
import { migrations } from './schema.js';
import { SecretsTable, type Name, type Write } from './table.js';

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
      db.pragma('secure_delete = ON'); // what was removed is not left in free pages
      migrate(db, migrations);
      table = new SecretsTable(db);
    } catch (error) {
      db.close();
      throw error;
    }
  },
  write: (secret: Write) => opened().write(secret),
  get: (name: Name) => opened().get(name),
  take: (name: Name) => opened().take(name),
  list: (of: Pick<Name, 'kind' | 'now'>) => opened().list(of),
  sweep: (at: Pick<Name, 'now'>) => opened().sweep(at),
  close: () => table?.close(),
};
export type SecretsMethods = typeof methods;

serveThread(methods);
