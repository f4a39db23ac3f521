import { z } from 'zod';
import { event, eventTypes, type EventOf } from '#lib/event-sourcing';

const time = z.iso.datetime();

/** Which admins are owners: one stream, so that the last one cannot be removed. */
export const ownersEvents = eventTypes('owners', {
  OwnerAdded: event(z.object({ adminId: z.uuid(), addedAt: time })),
  OwnerRemoved: event(z.object({ adminId: z.uuid(), removedAt: time })),
});
export type OwnersEvent = EventOf<typeof ownersEvents>;
