import { decider, DomainError } from '#lib/event-sourcing';
import type { RestorationCommand } from './restoration.commands.js';
import {
  restorationEvents,
  type QueueChoice,
  type RestorationEvent,
  type RestorationState,
  type RestoredFrom,
} from './restoration.contract.js';

/** There is one stream. */
export const restorationId = 'restoration';

export const restorationDecider = decider<RestorationCommand, RestorationEvent, RestorationState>({
  events: restorationEvents,
  idOf: () => restorationId,
  initialState: { status: 'original' },

  decide: {
    RecordServiceRestored: (data, state) => (isSame(data, state) ? [] : [{ type: 'ServiceRestored', data }]),
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

/** Recorded already, by a run that was ended before it knew. What an admin said of another copy is not said of this one. */
const isSame = (data: RestoredFrom, state: RestorationState): boolean => {
  if (!isHeld(state)) return false;
  if (state.restoredAt === data.restoredAt) return true;
  const isSameBackup = state.backupId === data.backupId && state.takenAt === data.takenAt;
  return state.status === 'held' && isSameBackup && state.position === data.position;
};

const choiceOf = (state: RestorationState): QueueChoice | undefined => {
  if (state.status === 'canceling') return 'cancel';
  return state.status === 'resumed' ? state.queued : undefined;
};
