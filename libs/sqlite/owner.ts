import Database from 'better-sqlite3';
import { codeOf } from './errors.js';

/** Another process (or another part of this one) has the file. */
export class AlreadyOwned extends Error {
  override readonly name = 'AlreadyOwned';
}

/**
 * Takes a file for this process alone and returns how to give it back. The lock is an operating system lock on a file beside it,
 * so it ends with the process, however that ends.
 * @throws {AlreadyOwned} at once, without waiting.
 */
export const own = (file: string): (() => void) => {
  const lock = new Database(`${file}.lock`, { timeout: 0 });
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
