import type { Parked } from '#lib/read-models';
import type { ProgressRecord } from '#lib/saga-progress';

export const parkedAt = (position: number, more: Partial<Parked> = {}): Parked => ({
  position,
  eventId: `event-${position}`,
  eventType: 'Happened',
  stream: 'thing-1',
  key: 'thing-1',
  error: 'It broke',
  attempts: 5,
  parkedAt: '2026-11-28T10:00:00.000Z',
  ...more,
});

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
