import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import { openReader } from './open.js';

/**
 * Copies a database, as of now, to a file that does not exist yet, while writers continue. The file gets its name only once it is
 * complete and on disk.
 */
export const copyDatabase = (db: Database, file: string): void => {
  if (existsSync(file)) throw Object.assign(new Error(`${file} exists already`), { code: 'EEXIST' });
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  try {
    db.prepare('VACUUM INTO ?').run(partial);
    flush(partial);
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
  flush(dirname(file));
};

/** The same for a database that this thread has not open; another process may have it open. */
export const copyDatabaseFile = (from: string, to: string): void => {
  const db = openReader(from);
  try {
    copyDatabase(db, to);
  } finally {
    db.close();
  }
};

const flush = (path: string): void => {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};
