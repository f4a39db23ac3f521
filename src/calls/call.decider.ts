import { decider } from '#lib/event-sourcing';
import type { CallCommand } from './call.commands.js';
import { callEvents, type CallEvent, type CallEventData } from './call.contract.js';

/** Null: nothing is known of it. */
type CallState = {
  readonly owner: Pick<CallEventData<'CallOffered'>, 'callId' | 'userId' | 'sessionId'>;
  readonly offeredAt: string;
  readonly isOver: boolean;
} | null;

export const callDecider = decider<CallCommand, CallEvent, CallState>({
  events: callEvents,
  idOf: ({ data }) => data.callId,
  initialState: null,

  decide: {
    RecordCallOffered: ({ at, ...call }, state) =>
      state === null ? [{ type: 'CallOffered', data: { ...call, offeredAt: at } }] : [],
    RecordCallEnded: ({ outcome, reason, at }, state) => {
      if (state === null || state.isOver) return [];
      const endedAt = at > state.offeredAt ? at : state.offeredAt;
      return [{ type: 'CallEnded', data: { ...state.owner, outcome, reason, endedAt } }];
    },
  },

  evolve: {
    CallOffered: (_before, { callId, userId, sessionId, offeredAt }) => ({
      owner: { callId, userId, sessionId },
      offeredAt,
      isOver: false,
    }),
    CallEnded: (state) => state && { ...state, isOver: true },
  },
});
