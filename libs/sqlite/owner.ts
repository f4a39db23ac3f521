import Database from 'better-sqlite3';
import { addon } from './addon.js';
import { codeOf } from './errors.js';

/** Another process, or another part of this one, has the file open. */
export class AlreadyOwned extends Error {
  override readonly name = 'AlreadyOwned';
}

/**
 * Locks a file for the caller alone, and returns how to release it. It is a lock of the operating system on a file beside it, so it ends
 * with the process, however that ends.
 * @throws {AlreadyOwned} at once; it does not wait.
 */
export const own = (file: string): (() => void) => {
  const lock = new Database(`${file}.lock`, { timeout: 0, nativeBinding: addon });
  try {
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (codeOf(error) === 'SQLITE_BUSY') {
      throw new AlreadyOwned(`${file} is in use by another process`);
    }
    throw error;
  }
  return () => void lock.close();
};
