import { decider, DomainError } from '#lib/event-sourcing';
import type { SlotCommand } from './slots.commands.js';
import { slotEvents, type SlotEvent } from './slots.contract.js';

type Slots = {
  /** The user of each session. */
  readonly holders: { readonly [sessionId: string]: string };
  /** Users who get no more sessions. */
  readonly closedUsers: readonly string[];
  /** Users who get none for now. */
  readonly pausedUsers: readonly string[];
};

export const slotsDecider = decider<SlotCommand, SlotEvent, Slots>({
  events: slotEvents,
  idOf: () => 'slots',
  initialState: { holders: {}, closedUsers: [], pausedUsers: [] },
  snapshotVersion: 2,

  decide: {
    TakeSessionSlot: ({ userLimit, globalLimit, at, ...request }, { holders, closedUsers, pausedUsers }) => {
      if (request.sessionId in holders) return [];
      if (closedUsers.includes(request.userId))
        throw new DomainError('not_found', 'user_not_found', 'There is no such user');
      if (pausedUsers.includes(request.userId))
        throw new DomainError('forbidden', 'user_inactive', 'This user is deactivated');
      if (heldBy(request.userId, holders).length >= userLimit) {
        throw new DomainError(
          'refused',
          'session_limit_reached',
          `You may have ${userLimit} sessions: delete one first`,
        );
      }
      if (Object.keys(holders).length >= globalLimit) {
        throw new DomainError('refused', 'service_full', `The service has all of its ${globalLimit} sessions`);
      }
      return [{ type: 'SessionSlotTaken', data: { ...request, takenAt: at } }];
    },
    ReleaseSessionSlot: ({ sessionId, at }, { holders }) => {
      const userId = holders[sessionId];
      return userId === undefined ? [] : [{ type: 'SessionSlotReleased', data: { sessionId, userId, releasedAt: at } }];
    },
    PauseUserSlots: ({ userId, at }, { holders, closedUsers, pausedUsers }) => {
      if (closedUsers.includes(userId) || pausedUsers.includes(userId)) return [];
      const data = { userId, sessionIds: [...heldBy(userId, holders)], pausedAt: at };
      return [{ type: 'UserSlotsPaused', data }];
    },
    ResumeUserSlots: ({ userId, at }, { holders, pausedUsers }) => {
      if (!pausedUsers.includes(userId)) return [];
      const data = { userId, sessionIds: [...heldBy(userId, holders)], resumedAt: at };
      return [{ type: 'UserSlotsResumed', data }];
    },
    CloseUserSlots: ({ userId, at }, { holders, closedUsers }) => {
      if (closedUsers.includes(userId)) return [];
      const data = { userId, sessionIds: [...heldBy(userId, holders)], closedAt: at };
      return [{ type: 'UserSlotsClosed', data }];
    },
  },

  evolve: {
    SessionSlotTaken: (slots, { sessionId, userId }) => ({
      ...slots,
      holders: { ...slots.holders, [sessionId]: userId },
    }),
    SessionSlotReleased: (slots, { sessionId }) => {
      const { [sessionId]: _released, ...holders } = slots.holders;
      return { ...slots, holders };
    },
    UserSlotsPaused: (slots, { userId }) => ({ ...slots, pausedUsers: [...slots.pausedUsers, userId] }),
    UserSlotsResumed: (slots, { userId }) => ({ ...slots, pausedUsers: without(userId, slots.pausedUsers) }),
    UserSlotsClosed: (slots, { userId }) => ({
      ...slots,
      closedUsers: [...slots.closedUsers, userId],
      pausedUsers: without(userId, slots.pausedUsers),
    }),
  },
});

const without = (userId: string, users: readonly string[]): readonly string[] => users.filter((id) => id !== userId);

const heldBy = (userId: string, holders: Slots['holders']): readonly string[] =>
  Object.keys(holders).filter((sessionId) => holders[sessionId] === userId);
