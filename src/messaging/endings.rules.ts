import type { MessageEvent } from './message.contract.js';
import type { Failure } from './outbox/attempt.rules.js';
import type { MessageState } from './message-state.rules.js';
import { laterOf } from './progress.rules.js';

/** Whether an attempt at a message that waits may have succeeded. */
export const mayHaveLeft = (state: MessageState): boolean => state.status === 'queued' && state.mayHaveLeft;

/** Ends a message that waits, as failed. `nothingLeft`: no attempt at it can have succeeded. */
export const failed = (
  failure: Failure,
  at: string,
  state: MessageState,
  nothingLeft: boolean,
): readonly MessageEvent[] => {
  if (state.status !== 'scheduled' && state.status !== 'queued') return [];
  const { acceptedAt, content } = state.accepted;
  const givesBack = nothingLeft ? acceptedAt : null;
  const failedAt = laterOf(at, state.lastAt);
  return [{ type: 'MessageFailed', data: { ...state.owner, type: content.type, ...failure, givesBack, failedAt } }];
};

/** Ends one as canceled of which it is certain that it did not leave. */
export const canceled = (
  at: string,
  { owner, accepted, lastAt }: Extract<MessageState, { readonly status: 'scheduled' | 'queued' }>,
): readonly MessageEvent[] => [
  {
    type: 'MessageCanceled',
    data: {
      ...owner,
      type: accepted.content.type,
      givesBack: accepted.acceptedAt,
      canceledAt: laterOf(at, lastAt),
    },
  },
];
