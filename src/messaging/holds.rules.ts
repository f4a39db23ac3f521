import type { HoldMessage } from './message.commands.js';
import type { HoldReason } from './hold-reason.contract.js';
import type { MessageEvent, MessageEventData } from './message.contract.js';
import type { MessageState } from './message-state.rules.js';
import { laterOf } from './progress.rules.js';

/** What follows from a reason to wait: nothing, where that is told already. */
export const holdDecided = (
  { why, detail, until, isEstimate, nothingLeft = false, at }: HoldMessage['data'],
  state: MessageState,
): readonly MessageEvent[] => {
  if (state.status !== 'queued') return [];
  const mayHaveLeft = state.mayHaveLeft && !nothingLeft;
  const date = until !== undefined && !isEstimate ? until : state.heldUntil;
  const isTold = (state.heldFor.includes(why) && date === state.heldUntil) || (mayHaveLeft && isBeforeAttempt(why));
  if (isTold && mayHaveLeft === state.mayHaveLeft) return [];
  const heldAt = laterOf(at, state.lastAt);
  const heldTo = { ...(until !== undefined && { until }), ...(isEstimate && { isEstimate }) };
  const held = { why, detail, ...heldTo, mayHaveLeft, heldAt };
  return [{ type: 'MessageHeld', data: { ...state.owner, ...held } }];
};

export const withHold = (
  state: MessageState,
  { why, until, isEstimate, mayHaveLeft, heldAt }: MessageEventData<'MessageHeld'>,
): MessageState => {
  if (state.status !== 'queued') return state;
  const heldUntil = until !== undefined && !isEstimate ? until : state.heldUntil;
  return { ...state, heldFor: heldAlso(state.heldFor, why), heldUntil, mayHaveLeft, lastAt: heldAt };
};

/** Whether a message can only wait for this reason before it is attempted. */
const isBeforeAttempt = (why: HoldReason): boolean =>
  !['whatsapp_busy', 'not_sent', 'unconfirmed', 'restored'].includes(why);

/** Somebody decided this: the reasons before it are no longer true, and are told again once they are. */
const heldAlso = (heldFor: readonly HoldReason[], why: HoldReason): readonly HoldReason[] =>
  ['user_inactive', 'session_logged_out', 'restored'].includes(why)
    ? [why]
    : [...heldFor.filter((one) => one !== why), why];
