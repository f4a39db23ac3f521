import type { HoldReason } from '../hold-reason.contract.js';
import type { HeldUntil } from '../pacing/pacing.rules.js';

/** A recorded reason why a message waits. `until` (ISO 8601) is an estimate where it depends on what leaves before. */
export type ToldHold = { readonly why: HoldReason; readonly until: string | null; readonly isEstimate: boolean };

export const toldHold = (why: HoldReason, wait?: HeldUntil): ToldHold => ({
  why,
  until: wait?.until ?? null,
  isEstimate: wait?.isEstimate === true,
});

/**
 * Whether what was told last is still what a message waits for. Pauses come by turns all the time (of its session, of people who never
 * wrote), each of them a reason to wait as well: those that were told are not told again before the time has passed that was told last.
 */
export const isTold = (told: readonly ToldHold[], hold: ToldHold, nowMs: number): boolean => {
  const last = told.at(-1);
  if (!last) return false;
  if (last.why === hold.why && dateOf(last) === dateOf(hold)) return true;
  const isOver = last.until !== null && Date.parse(last.until) <= nowMs;
  return last.isEstimate && hold.isEstimate && !isOver && told.some(({ why }) => why === hold.why);
};

/** Only pauses are true beside what was told before. */
export const withTold = (told: readonly ToldHold[], hold: ToldHold): readonly ToldHold[] =>
  hold.isEstimate ? [...told.filter(({ isEstimate, why }) => isEstimate && why !== hold.why), hold] : [hold];

const dateOf = ({ until, isEstimate }: ToldHold): string | null => (isEstimate ? null : until);
