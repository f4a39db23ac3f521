import { AlreadyOwned, codeOf, diskProblem, isDamage } from '#lib/sqlite';
import { ThreadEnded } from '#lib/threads';
import { ReadModelsUnavailable } from '../errors.js';

/** The port's error for an error of the database, a thread or the file; any other error is returned unchanged. */
export const readModelsError = (error: unknown): Error => {
  const reason = reasonOf(error);
  if (reason) return new ReadModelsUnavailable(reason, `The views: ${messageOf(reason, error)}`, { cause: error });
  return error instanceof Error ? error : new Error(String(error));
};

const reasonOf = (error: unknown): ReadModelsUnavailable['reason'] | undefined => {
  if (isDamage(error)) return 'corrupt';
  if (error instanceof AlreadyOwned) return 'owned';
  if (error instanceof ThreadEnded || ['ENOENT', 'ENOTDIR', 'EACCES'].includes(codeOf(error))) return 'io';
  return diskProblem(error);
};

const messageOf = (reason: ReadModelsUnavailable['reason'], error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  return reason === 'corrupt' ? `${message}. Delete the file to have all views rebuilt from the events` : message;
};
