import { AlreadyOwned, diskProblem } from '#lib/sqlite';
import { ReadModelsUnavailable } from '../errors.js';

/** An error of the database or its thread, in the words of the port. */
export const failureOf = (error: unknown): Error => {
  const reason = reasonOf(error);
  if (reason)
    return new ReadModelsUnavailable(reason, `The views are unavailable: ${adviceOf(reason, error)}`, { cause: error });
  return error instanceof Error ? error : new Error(String(error));
};

const reasonOf = (error: unknown): ReadModelsUnavailable['reason'] | undefined => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return 'corrupt';
  if (error instanceof AlreadyOwned) return 'owned';
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return 'io';
  return diskProblem(error);
};

const adviceOf = (reason: ReadModelsUnavailable['reason'], error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  if (reason !== 'corrupt') return message;
  return `${message}. Delete the file to have all views rebuilt from the events`;
};
