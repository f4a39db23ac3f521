import type { RecordRestriction } from './session.commands.js';
import type { SessionEvent } from './session.contract.js';
import type { SessionRestriction } from './restriction.contract.js';

type Restricted = { readonly userId: string; readonly restrictions: readonly SessionRestriction[] };

/** What follows from what WhatsApp says of one kind of restriction: nothing, where that is on record. */
export const restrictionDecided = (
  { sessionId, restriction: { kind, isActive, until, detail }, at }: RecordRestriction['data'],
  { userId, restrictions: before }: Restricted,
): readonly SessionEvent[] => {
  const others = before.filter((one) => one.kind !== kind);
  const known = before.find((one) => one.kind === kind);
  const isSame = isActive ? known?.until === until && known.detail === detail : known === undefined;
  if (isSame) return [];
  const restrictions = isActive ? [...others, { kind, until, detail }] : others;
  return [{ type: 'SessionRestricted', data: { sessionId, userId, restrictions, restrictedAt: at } }];
};
