import { z } from 'zod';
import { event, eventTypes, type EventOf } from '#lib/event-sourcing';

/** What was erased, one stream per user. Every view that shows messages, or who wrote them, removes what is that user's. */
export const erasureEvents = eventTypes('erasure', {
  UserMessagesErased: event(z.object({ userId: z.uuid(), erasedAt: z.iso.datetime() })),
});
export type ErasureEvent = EventOf<typeof erasureEvents>;
