import { decider, DomainError } from '#lib/event-sourcing';
import type { RestorationCommand } from './restoration.commands.js';
import {
  restorationEvents,
  type QueueChoice,
  type RestorationEvent,
  type RestorationState,
} from './restoration.contract.js';

/** There is one stream. */
export const restorationId = 'restoration';

export const restorationDecider = decider<RestorationCommand, RestorationEvent, RestorationState>({
  events: restorationEvents,
  idOf: () => restorationId,
  initialState: { status: 'original' },

  decide: {
    RecordServiceRestored: (data, state) =>
      isHeld(state) && state.restoredAt === data.restoredAt ? [] : [{ type: 'ServiceRestored', data }],
    ResumeService: ({ queued, at }, state) => {
      if (state.status === 'original')
        throw new DomainError('conflict', 'not_restored', 'This service was not restored from a backup: nothing waits');
      const { restoredAt } = state;
      const chosen = choiceOf(state);
      if (chosen === queued) return [];
      if (chosen !== undefined)
        throw new DomainError('conflict', 'resumed_already', `It was decided already: ${chosen} what waits`);
      return queued === 'cancel'
        ? [{ type: 'ServiceResumeRequested', data: { restoredAt, requestedAt: at } }]
        : [{ type: 'ServiceResumed', data: { restoredAt, queued, resumedAt: at } }];
    },
    RecordServiceResumed: ({ restoredAt, at }, state) =>
      state.status === 'canceling' && state.restoredAt === restoredAt
        ? [{ type: 'ServiceResumed', data: { restoredAt, queued: 'cancel', resumedAt: at } }]
        : [],
  },

  evolve: {
    ServiceRestored: (_before, data) => ({ ...data, status: 'held' }),
    ServiceResumeRequested: (state) => (state.status === 'held' ? { ...state, status: 'canceling' } : state),
    ServiceResumed: (state, { queued, resumedAt }) =>
      isHeld(state) ? { ...state, status: 'resumed', queued, resumedAt } : state,
  },
});

/** Whether it neither connects nor sends. */
export const isHeld = (
  state: RestorationState,
): state is Extract<RestorationState, { readonly status: 'held' | 'canceling' }> =>
  state.status === 'held' || state.status === 'canceling';

const choiceOf = (state: RestorationState): QueueChoice | undefined => {
  if (state.status === 'canceling') return 'cancel';
  return state.status === 'resumed' ? state.queued : undefined;
};
