import { z } from 'zod';
import { event, eventTypes, type EventOf } from '#lib/event-sourcing';
import { Pairing } from './session.contract.js';
import { AskedSettings, SealedProxy, SessionMetadata } from './settings.contract.js';

const time = z.iso.datetime();

/** Who has how many sessions: one stream, so that the limits hold exactly. A session has its slot from before it exists until it is deleted. */
export const slotEvents = eventTypes('session', {
  SessionSlotTaken: event(
    z.object({
      sessionId: z.uuid(),
      userId: z.uuid(),
      name: z.string().nullable(),
      pairing: Pairing,
      phoneNumber: z.string().nullable(),
      proxy: SealedProxy.optional(),
      settings: AskedSettings.optional(),
      metadata: SessionMetadata.optional(),
      takenAt: time,
    }),
    { personal: { subject: 'userId', fields: ['name', 'phoneNumber', 'settings', 'metadata'] } },
  ),
  SessionSlotReleased: event(z.object({ sessionId: z.uuid(), userId: z.uuid(), releasedAt: time })),
  /** The user was deactivated: gets no new sessions until they are activated, and these are paused. */
  UserSlotsPaused: event(z.object({ userId: z.uuid(), sessionIds: z.array(z.uuid()), pausedAt: time })),
  UserSlotsResumed: event(z.object({ userId: z.uuid(), sessionIds: z.array(z.uuid()), resumedAt: time })),
  /** The user was deleted: gets no new sessions, and these are deleted. */
  UserSlotsClosed: event(z.object({ userId: z.uuid(), sessionIds: z.array(z.uuid()), closedAt: time })),
});
export type SlotEvent = EventOf<typeof slotEvents>;
