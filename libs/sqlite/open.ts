import Database from 'better-sqlite3';

export type { Database, Statement } from 'better-sqlite3';

/** `full`: a commit survives a power cut. `normal`: it survives a crash of the process, and the last ones may be lost in a power cut. */
export type Durability = 'full' | 'normal';

/** Opens a database for writing, in WAL mode, making the file where there is none. Checkpoints are the opener's duty. */
export const openWriter = (file: string, durability: Durability): Database.Database => {
  const db = new Database(file, { timeout: 5000 });
  db.pragma('journal_mode = WAL');
  db.pragma(`synchronous = ${durability}`);
  db.pragma('wal_autocheckpoint = 0');
  // A log that grew while a long read kept it from starting over gives its room back.
  db.pragma(`journal_size_limit = ${64 * 1024 * 1024}`);
  db.pragma('temp_store = MEMORY');
  db.pragma('cache_size = -32768');
  return db;
};

/** Opens a database that a writer has made ready, for reading only. */
export const openReader = (file: string): Database.Database => {
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 });
  db.pragma('temp_store = MEMORY');
  db.pragma('cache_size = -16384');
  return db;
};
