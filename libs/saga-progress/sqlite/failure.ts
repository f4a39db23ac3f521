import { AlreadyOwned, codeOf, diskProblem, isDamage } from '#lib/sqlite';
import { ThreadEnded } from '#lib/threads';
import { SagaProgressUnavailable } from '../errors.js';

/** The port's error for an error of the database or its thread. */
export const failureOf = (error: unknown): Error => {
  const message = error instanceof Error ? error.message : String(error);
  const reason = reasonOf(error);
  if (!reason) return error instanceof Error ? error : new Error(message);
  const advice = reason === 'corrupt' ? '. Restore the file from a backup' : '';
  return new SagaProgressUnavailable(reason, `The progress of sagas is unavailable: ${message}${advice}`, {
    cause: error,
  });
};

const reasonOf = (error: unknown): SagaProgressUnavailable['reason'] | undefined => {
  if (isDamage(error)) return 'corrupt';
  if (error instanceof AlreadyOwned) return 'owned';
  if (error instanceof ThreadEnded || ['ENOENT', 'ENOTDIR', 'EACCES'].includes(codeOf(error))) return 'io';
  return diskProblem(error);
};
