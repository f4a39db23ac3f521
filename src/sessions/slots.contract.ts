import { z } from 'zod';
import { event, eventTypes, type Command, type EventOf } from '#lib/event-sourcing';
import { Pairing, type SessionRequest } from './session.contract.js';

const time = z.iso.datetime();

/** Who holds how many sessions: one stream, so that limits hold exactly. A slot is a session's from before it is until it is deleted. */
export const slotEvents = eventTypes('session', {
  SessionSlotTaken: event(
    z.object({
      sessionId: z.uuid(),
      userId: z.uuid(),
      name: z.string().nullable(),
      pairing: Pairing,
      phoneNumber: z.string().nullable(),
      takenAt: time,
    }),
    { personal: { subject: 'userId', fields: ['name', 'phoneNumber'] } },
  ),
  SessionSlotReleased: event(z.object({ sessionId: z.uuid(), userId: z.uuid(), releasedAt: time })),
  /** The user is gone: these sessions are to go, and the user gets no new ones. */
  SessionSlotsForfeited: event(z.object({ userId: z.uuid(), sessionIds: z.array(z.uuid()), forfeitedAt: time })),
});
export type SlotEvent = EventOf<typeof slotEvents>;

/** Carries the whole request, so that a crash right after it leaves nothing half done. Limits count what is not deleted. */
export type TakeSessionSlot = Command<
  'TakeSessionSlot',
  SessionRequest & {
    readonly sessionId: string;
    readonly userLimit: number;
    readonly globalLimit: number;
    readonly at: string;
  }
>;
export type ReleaseSessionSlot = Command<'ReleaseSessionSlot', { readonly sessionId: string; readonly at: string }>;
export type ForfeitSessionSlots = Command<'ForfeitSessionSlots', { readonly userId: string; readonly at: string }>;

export type SlotCommand = TakeSessionSlot | ReleaseSessionSlot | ForfeitSessionSlots;
