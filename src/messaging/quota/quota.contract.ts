import { z } from 'zod';
import { event, eventTypes, type EventOf } from '#lib/event-sourcing';

const time = z.iso.datetime();

/** What a user had used of the messages of a day when a threshold was crossed. */
const UsedOfDay = z.object({
  userId: z.uuid(),
  /** In the user's time zone: `2026-11-29`. */
  day: z.string(),
  /** Its first moment, and that of the next one. */
  from: time,
  to: time,
  limit: z.int(),
  used: z.int(),
  at: time,
});

/** What a user is told of their daily quota: each at most once a day. */
export const quotaEvents = eventTypes('quota', {
  /** Four fifths are used. */
  QuotaWarned: event(UsedOfDay),
  /** All of it is used. */
  QuotaExceeded: event(UsedOfDay),
});
export type QuotaEvent = EventOf<typeof quotaEvents>;
export type UsedOfDay = Readonly<z.output<typeof UsedOfDay>>;
