import { saga } from '#lib/event-sourcing';
import { userEvents, type UserEvent } from '../identity/user.contract.js';
import { sessionEvents, type DeleteSession, type SessionEvent } from './session.contract.js';
import type { PauseSession, ResumeSession } from './session.commands.js';
import type {
  CloseUserSlots,
  FillSessionSlot,
  PauseUserSlots,
  ReleaseSessionSlot,
  ResumeUserSlots,
} from './slots.commands.js';
import { slotEvents, type SlotEvent } from './slots.contract.js';

type SlotsSagaCommand =
  | FillSessionSlot
  | PauseSession
  | ResumeSession
  | DeleteSession
  | ReleaseSessionSlot
  | PauseUserSlots
  | ResumeUserSlots
  | CloseUserSlots;

/**
 * Initializes a session for each slot that was taken, and releases the slots of deleted sessions. Pauses the sessions of a user who is
 * deactivated, resumes them, and deletes those of one who is deleted.
 */
export const slotsSaga = saga<SlotEvent | SessionEvent | UserEvent, SlotsSagaCommand>({
  name: 'session-slots',
  // Repeated commands change nothing, and a slot that is not released would stay taken for ever.
  startFrom: 'beginning',
  from: [slotEvents, sessionEvents, userEvents],
  on: {
    SessionSlotTaken: ({ data: { takenAt, ...request } }) => [
      { type: 'FillSessionSlot', data: { ...request, at: takenAt } },
    ],
    UserSlotsPaused: ({ data: { sessionIds, pausedAt } }) =>
      sessionIds.map((sessionId) => ({ type: 'PauseSession', data: { sessionId, at: pausedAt } })),
    UserSlotsResumed: ({ data: { sessionIds, resumedAt } }) =>
      sessionIds.map((sessionId) => ({ type: 'ResumeSession', data: { sessionId, at: resumedAt } })),
    UserSlotsClosed: ({ data: { sessionIds, closedAt } }) =>
      sessionIds.map((sessionId) => ({ type: 'DeleteSession', data: { sessionId, at: closedAt } })),
    SessionDeleted: ({ data: { sessionId, deletedAt } }) => [
      { type: 'ReleaseSessionSlot', data: { sessionId, at: deletedAt } },
    ],
    UserDeactivated: ({ data: { userId, deactivatedAt } }) => [
      { type: 'PauseUserSlots', data: { userId, at: deactivatedAt } },
    ],
    UserActivated: ({ data: { userId, activatedAt } }) => [
      { type: 'ResumeUserSlots', data: { userId, at: activatedAt } },
    ],
    UserDeleted: ({ data: { userId, deletedAt } }) => [{ type: 'CloseUserSlots', data: { userId, at: deletedAt } }],
  },
});
