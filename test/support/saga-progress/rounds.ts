import type { ProgressRecord } from '#lib/saga-progress';
import { parkedAt } from '../parked.js';

/** A saga that moves on by one event at a time, parks every third and takes it back with the next third: its checkpoint tells all. */
export const recordAt = (saga: string, checkpoint: number): ProgressRecord => ({
  saga,
  checkpoint,
  ...(checkpoint % 3 === 0 && { park: [parkedAt(checkpoint)], unpark: [checkpoint - 3] }),
});

/** What must be stored of that saga at a checkpoint. */
export const expectedAt = (checkpoint: number) => ({
  checkpoint,
  parked: checkpoint < 3 ? [] : [parkedAt(checkpoint - (checkpoint % 3))],
});
