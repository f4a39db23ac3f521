import { decider, DomainError } from '#lib/event-sourcing';
import { slotEvents, type SlotCommand, type SlotEvent } from './slots.contract.js';

export type Slots = {
  /** The user of each session that is there. */
  readonly holders: { readonly [sessionId: string]: string };
  /** Users who get no sessions any more. */
  readonly gone: readonly string[];
};

export const slotsDecider = decider<SlotCommand, SlotEvent, Slots>({
  events: slotEvents,
  idOf: () => 'slots',
  initialState: { holders: {}, gone: [] },

  decide: {
    TakeSessionSlot: ({ userLimit, globalLimit, at, ...request }, { holders, gone }) => {
      if (request.sessionId in holders) return [];
      if (gone.includes(request.userId)) throw new DomainError('not_found', 'user_not_found', 'There is no such user');
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
    ForfeitSessionSlots: ({ userId, at }, { holders, gone }) => {
      if (gone.includes(userId)) return [];
      const data = { userId, sessionIds: [...heldBy(userId, holders)], forfeitedAt: at };
      return [{ type: 'SessionSlotsForfeited', data }];
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
    SessionSlotsForfeited: (slots, { userId }) => ({ ...slots, gone: [...slots.gone, userId] }),
  },
});

const heldBy = (userId: string, holders: Slots['holders']): readonly string[] =>
  Object.keys(holders).filter((sessionId) => holders[sessionId] === userId);
