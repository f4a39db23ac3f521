import { errorClass, type ErrorClass } from '#lib/threads';
import { NewerSchema } from './migrate.js';

/** The code of a database or system error, empty where there is none. Not by class: an error from a thread keeps only its code. */
export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/** What is wrong with the disk, or undefined where the error does not come from it. */
export const diskProblem = (error: unknown): 'disk_full' | 'io' | undefined => {
  const code = codeOf(error);
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return 'disk_full';
  // A write-ahead log that cannot grow on a full disk shows as an I/O error of the write or of its shared memory.
  if (code.startsWith('SQLITE_IOERR') || code === 'SQLITE_CANTOPEN' || code === 'SQLITE_READONLY') return 'io';
  return undefined;
};

/** Whether the file itself is damaged, or is not a database. */
export const isDamage = (error: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error));

/** The errors of this library that keep their class when a thread throws them. */
export const sqliteErrors: readonly ErrorClass[] = [
  errorClass(
    NewerSchema,
    () => undefined,
    (message) => new NewerSchema(message),
  ),
];
