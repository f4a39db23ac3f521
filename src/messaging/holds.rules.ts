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
  const isTold = (isKnown(why, state) && date === state.heldUntil) || (mayHaveLeft && isBeforeAttempt(why));
  if (isTold && mayHaveLeft === state.mayHaveLeft) return [];
  const heldAt = laterOf(at, state.lastAt);
  const heldTo = { ...(until !== undefined && { until }), ...(isEstimate && { isEstimate }) };
  return [{ type: 'MessageHeld', data: { why, detail, mayHaveLeft, heldAt, ...heldTo, ...state.owner } }];
};

export const withHold = (
  state: MessageState,
  { why, until, isEstimate, mayHaveLeft, heldAt }: MessageEventData<'MessageHeld'>,
): MessageState => {
  if (state.status !== 'queued') return state;
  const heldUntil = until !== undefined && !isEstimate ? until : state.heldUntil;
  return { ...state, heldFor: heldAlso(state.heldFor, why), heldUntil, mayHaveLeft, lastAt: heldAt };
};

/** So often reasons that alternate are told: a connection that comes and goes must not fill the log. */
const maxTold = 20;

/** Whether the last entry of the timeline says it; after so many entries, whether any of them does. */
const isKnown = (why: HoldReason, { heldFor }: { readonly heldFor: readonly HoldReason[] }): boolean =>
  heldFor.length < maxTold ? heldFor.at(-1) === why : heldFor.includes(why);

/** Whether a message can only wait for this reason before it is attempted. */
const isBeforeAttempt = (why: HoldReason): boolean =>
  !['whatsapp_busy', 'not_sent', 'file_unavailable', 'unconfirmed', 'restored'].includes(why);

/** Somebody decided this: the reasons before it are no longer true, and are told again once they are. */
const heldAlso = (heldFor: readonly HoldReason[], why: HoldReason): readonly HoldReason[] => {
  if (['user_inactive', 'session_logged_out', 'restored'].includes(why)) return [why];
  return heldFor.at(-1) === why ? heldFor : [...heldFor, why];
};
