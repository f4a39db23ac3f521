import Database from 'better-sqlite3';
import { addon } from './addon.js';

const busyTimeoutMs = 5000;
const maxIdleWalBytes = 64 * 1024 * 1024;

export type { Database, Statement } from 'better-sqlite3';

/** `full`: commits survive a power cut. `normal`: they survive a crash of the process; a power cut may lose the last ones. */
export type Durability = 'full' | 'normal';

/** Opens a database for writing, in WAL mode; creates the file if it does not exist. The caller must checkpoint the WAL. */
export const openWriter = (file: string, durability: Durability): Database.Database => {
  const db = new Database(file, { timeout: busyTimeoutMs, nativeBinding: addon });
  db.pragma('journal_mode = WAL');
  db.pragma(`synchronous = ${durability}`);
  db.pragma('wal_autocheckpoint = 0');
  // A WAL that grew during a long read is truncated afterwards.
  db.pragma(`journal_size_limit = ${maxIdleWalBytes}`);
  db.pragma('temp_store = MEMORY');
  db.pragma('cache_size = -16384');
  return db;
};

/**
 * Refreshes what queries are planned by, and copies the write-ahead log into the file and empties it. Where a reader still needs it, it is left
 * for the next time: nothing waits for readers.
 */
export const maintain = (db: Database.Database): void => {
  db.pragma('optimize');
  db.pragma('busy_timeout = 0');
  try {
    db.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    db.pragma(`busy_timeout = ${busyTimeoutMs}`);
  }
};

/** Opens an existing database read-only. */
export const openReader = (file: string): Database.Database => {
  const options = { readonly: true, fileMustExist: true, timeout: busyTimeoutMs, nativeBinding: addon };
  const db = new Database(file, options);
  db.pragma('temp_store = MEMORY');
  db.pragma('cache_size = -8192');
  return db;
};

/** The version of SQLite that is built in. */
export const sqliteVersion = (): string => {
  const db = new Database(':memory:', { nativeBinding: addon });
  try {
    return db.prepare<[], string>('SELECT sqlite_version()').pluck().get() ?? '';
  } finally {
    db.close();
  }
};
