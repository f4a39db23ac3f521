import { isDuplicateKey, mongoProblem } from '#lib/mongo';
import { ReadModelsUnavailable } from '../errors.js';

/** The port's error for an error of the driver; any other error is returned unchanged. */
export const readModelsError = (error: unknown): Error => {
  const problem = mongoProblem(error);
  if (problem?.kind === 'too_large')
    return new RangeError(`A document is larger than MongoDB stores: ${problem.detail}`, { cause: error });
  if (isDuplicateKey(error))
    return new ReadModelsUnavailable('io', 'The views: another process writes them at the same time', { cause: error });
  if (problem) return new ReadModelsUnavailable(problem.kind, `The views: ${problem.detail}`, { cause: error });
  return error instanceof Error ? error : new Error(String(error));
};
