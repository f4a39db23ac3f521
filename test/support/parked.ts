import type { Parked } from '#lib/read-models';

/** An event of one stream that could not be handled. */
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
