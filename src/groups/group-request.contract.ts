import { z } from 'zod';
import { event, eventTypes, type EventOf } from '#lib/event-sourcing';

const time = z.iso.datetime();
const RequestOwner = z.object({ requestId: z.uuid(), userId: z.uuid(), sessionId: z.uuid() });

/** Groups that users asked to be made: a stream for each request, so that one that is repeated makes no second group. */
export const groupRequestEvents = eventTypes('grouprequest', {
  /** Recorded before WhatsApp is asked. */
  GroupRequested: event(RequestOwner.extend({ account: z.string(), subject: z.string(), requestedAt: time }), {
    personal: { subject: 'userId', fields: ['account', 'subject'] },
  }),
  GroupMade: event(RequestOwner.extend({ groupId: z.uuid(), madeAt: time })),
});
export type GroupRequestEvent = EventOf<typeof groupRequestEvents>;
