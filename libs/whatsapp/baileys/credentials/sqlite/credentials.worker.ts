import { workerData } from 'node:worker_threads';
import { migrate, openWriter } from '#lib/sqlite';
import { serveThread } from '#lib/threads';
import type { CredentialsChange } from '../change.js';
import type { Durability } from '../port.js';
import { credentialsMigrations } from './schema.js';
import { CredentialsWriter } from './writer.js';

const { file } = workerData as { readonly file: string };
let writer: CredentialsWriter | undefined;

const opened = (): CredentialsWriter => {
  if (!writer) throw new Error('The credentials are not open');
  return writer;
};

const methods = {
  open: (): void => {
    const db = openWriter(file, 'full');
    try {
      db.pragma('wal_autocheckpoint = 1000');
      db.pragma('secure_delete = ON'); // leaves no used keys in free pages
      migrate(db, credentialsMigrations);
      writer = new CredentialsWriter(db);
    } catch (error) {
      db.close();
      throw error;
    }
  },
  commit: (changes: readonly CredentialsChange[], durability: Durability) => opened().commit(changes, durability),
  close: () => writer?.close(),
};
export type CredentialsMethods = typeof methods;

serveThread(methods);
