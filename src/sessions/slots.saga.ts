import { saga } from '#lib/event-sourcing';
import { userEvents, type UserEvent } from '../identity/user.contract.js';
import { sessionEvents, type DeleteSession, type SessionEvent } from './session.contract.js';
import type { CloseUserSlots, FillSessionSlot, ReleaseSessionSlot } from './slots.commands.js';
import { slotEvents, type SlotEvent } from './slots.contract.js';

type SlotsSagaCommand = FillSessionSlot | DeleteSession | ReleaseSessionSlot | CloseUserSlots;

/** Initializes a session for each slot that was taken, releases the slots of deleted sessions, and deletes the sessions of deleted users. */
export const slotsSaga = saga<SlotEvent | SessionEvent | UserEvent, SlotsSagaCommand>({
  name: 'session-slots',
  // Repeated commands change nothing, and a slot that is not released would stay taken for ever.
  startFrom: 'beginning',
  from: [slotEvents, sessionEvents, userEvents],
  on: {
    SessionSlotTaken: ({ data: { takenAt, ...request } }) => [
      { type: 'FillSessionSlot', data: { ...request, at: takenAt } },
    ],
    UserSlotsClosed: ({ data: { sessionIds, closedAt } }) =>
      sessionIds.map((sessionId) => ({ type: 'DeleteSession', data: { sessionId, at: closedAt } })),
    SessionDeleted: ({ data: { sessionId, deletedAt } }) => [
      { type: 'ReleaseSessionSlot', data: { sessionId, at: deletedAt } },
    ],
    UserDeleted: ({ data: { userId, deletedAt } }) => [{ type: 'CloseUserSlots', data: { userId, at: deletedAt } }],
  },
});
