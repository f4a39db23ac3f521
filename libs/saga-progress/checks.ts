import type { ProgressRecord } from './port.js';

/** For every adapter. @throws {RangeError} a checkpoint that is not a position. */
export const checkRecord = ({ saga, checkpoint }: ProgressRecord): void => {
  if (!Number.isSafeInteger(checkpoint) || checkpoint < 0) {
    throw new RangeError(`${saga}: ${checkpoint} is not a position`);
  }
};
