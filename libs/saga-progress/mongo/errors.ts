import { mongoProblem } from '#lib/mongo';
import { SagaProgressUnavailable } from '../errors.js';

/** The port's error for an error of the driver; any other error is returned unchanged. */
export const failureOf = (error: unknown): Error => {
  const problem = mongoProblem(error);
  if (!problem) return error instanceof Error ? error : new Error(String(error));
  if (problem.kind === 'too_large') return new RangeError(problem.detail, { cause: error });
  return new SagaProgressUnavailable(problem.kind, `The progress of sagas is unavailable: ${problem.detail}`, {
    cause: error,
  });
};
