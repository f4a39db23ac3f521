import type { MessageEvent } from './message.contract.js';
import type { Failure } from './outbox/attempt.rules.js';
import type { MessageState } from './message-state.rules.js';
import { laterOf } from './progress.rules.js';

/** Whether an attempt at a message that waits may have succeeded. */
export const mayHaveLeft = (state: MessageState): boolean => state.status === 'queued' && state.mayHaveLeft;

/** Ends a message that waits, as failed. */
export const failed = (failure: Failure, at: string, state: MessageState): readonly MessageEvent[] => {
  if (state.status !== 'scheduled' && state.status !== 'queued') return [];
  const { type } = state.accepted.content;
  return [{ type: 'MessageFailed', data: { ...state.owner, type, ...failure, failedAt: laterOf(at, state.lastAt) } }];
};

/** Ends it as canceled. */
export const canceled = (
  at: string,
  { owner, accepted, lastAt }: Extract<MessageState, { readonly status: 'scheduled' | 'queued' }>,
): readonly MessageEvent[] => [
  { type: 'MessageCanceled', data: { ...owner, type: accepted.content.type, canceledAt: laterOf(at, lastAt) } },
];
