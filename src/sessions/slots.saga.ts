import { saga } from '#lib/event-sourcing';
import { userEvents, type UserEvent } from '../identity/user.contract.js';
import { sessionEvents, type DeleteSession, type InitSession, type SessionEvent } from './session.contract.js';
import { slotEvents, type SlotCommand, type SlotEvent } from './slots.contract.js';

/** Makes a session of each slot that was taken, frees the slots of those that were deleted, and lets a user's sessions go with the user. */
export const slotsSaga = saga<SlotEvent | SessionEvent | UserEvent, InitSession | DeleteSession | SlotCommand>({
  name: 'session-slots',
  // A slot that is not freed stays taken for ever. Repeating is harmless, but for a second `SessionDeleted` of sessions that are gone.
  startFrom: 'beginning',
  from: [slotEvents, sessionEvents, userEvents],
  on: {
    SessionSlotTaken: ({ data: { takenAt, ...request } }) => [
      { type: 'InitSession', data: { ...request, at: takenAt } },
    ],
    SessionSlotsForfeited: ({ data: { sessionIds, forfeitedAt } }) =>
      sessionIds.map((sessionId) => ({ type: 'DeleteSession', data: { sessionId, at: forfeitedAt } })),
    SessionDeleted: ({ data: { sessionId, deletedAt } }) => [
      { type: 'ReleaseSessionSlot', data: { sessionId, at: deletedAt } },
    ],
    UserDeleted: ({ data: { userId, deletedAt } }) => [
      { type: 'ForfeitSessionSlots', data: { userId, at: deletedAt } },
    ],
  },
});
