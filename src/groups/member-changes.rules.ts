import {
  ConnectionLost,
  jidOf,
  NotConnected,
  QueryFailed,
  type ParticipantAction,
  type ParticipantOutcome,
} from '#lib/whatsapp';
import { resultsOf, type AskedPerson, type PersonResult } from './asked-people.rules.js';
import type { GroupParticipant } from './group.contract.js';

/** What is done to members, or to those who ask to join. Each is a question to WhatsApp of its own. */
export type MemberChange = ParticipantAction | 'approve' | 'reject';

export type AskedChange<Change extends MemberChange> = {
  readonly change: Change;
  readonly people: readonly AskedPerson[];
};

/** `skipped`: a change before it failed. */
export type TriedChange<Change extends MemberChange> = AskedChange<Change> &
  (
    | { readonly kind: 'answered'; readonly outcomes: readonly ParticipantOutcome[] }
    | { readonly kind: 'failed'; readonly error: unknown }
    | { readonly kind: 'skipped' }
  );

export type ChangeResult<Change extends MemberChange> = PersonResult & { readonly action: Change };

/** The code of a refusal of the whole change, for which nothing of it was done; undefined where the answer is missing, so that it may have been. */
export const refusalCode = (error: unknown): string | undefined => {
  if (error instanceof NotConnected && !(error instanceof ConnectionLost)) return 'session_not_connected';
  if (!(error instanceof QueryFailed) || error.code === null || error.code >= 500) return undefined;
  return refusalCodes[error.code] ?? 'group_change_refused';
};

const refusalCodes: { readonly [code: number]: string } = {
  401: 'group_not_allowed',
  403: 'group_not_allowed',
  404: 'group_not_found',
  410: 'group_not_found',
  429: 'whatsapp_rate_limited',
};

export const mayBeDone = (error: unknown): boolean => refusalCode(error) === undefined;

/**
 * What became of each person, in the order asked. `participants`: who is in the group after all that was tried, which shows what became of a
 * change without an answer; undefined where that is not known.
 */
export const resultsOfChanges = <Change extends MemberChange>(
  tried: readonly TriedChange<Change>[],
  participants: readonly GroupParticipant[] | undefined,
): readonly ChangeResult<Change>[] =>
  tried.flatMap((each) => resultsOfChange(each, participants).map((result) => ({ ...result, action: each.change })));

const resultsOfChange = (
  tried: TriedChange<MemberChange>,
  participants: readonly GroupParticipant[] | undefined,
): readonly PersonResult[] => {
  const { people, change } = tried;
  switch (tried.kind) {
    case 'answered':
      return resultsOf(people, tried.outcomes);
    case 'skipped':
      return resultsOf(people, [], () => 'not_tried');
    case 'failed': {
      const code = refusalCode(tried.error);
      if (code !== undefined) return resultsOf(people, [], () => code);
      const isDoneFor = (jid: string) => participants && isDone(change, jid, participants);
      const done = people.flatMap(({ jid }) => (jid !== undefined && isDoneFor(jid) === true ? [jid] : []));
      const outcomes = done.map((jid) => ({ jid, refusedWith: null }));
      return resultsOf(people, outcomes, (jid) => (isDoneFor(jid) === false ? 'not_answered' : 'unconfirmed'));
    }
  }
};

/** Undefined where those who are in the group do not show it. */
const isDone = (change: MemberChange, jid: string, participants: readonly GroupParticipant[]): boolean | undefined => {
  const addresses = participants.map(({ phoneNumber, lid }) =>
    jid.endsWith('@lid') ? lid : phoneNumber !== null && jidOf(phoneNumber),
  );
  const found = participants[addresses.indexOf(jid)];
  const isKnown = found !== undefined || addresses.every((address) => typeof address === 'string');
  if (!isKnown || change === 'reject') return undefined;
  switch (change) {
    case 'add':
    case 'approve':
      return found !== undefined;
    case 'remove':
      return found === undefined;
    case 'promote':
      return found !== undefined && found.role !== 'member';
    case 'demote':
      return found?.role === 'member';
  }
};

/** A caller is told of a failure only where that is all there is to tell: nothing was done, and WhatsApp answered for nobody. */
export const failureOf = <Change extends MemberChange>(
  tried: readonly TriedChange<Change>[],
  results: readonly PersonResult[],
): { readonly error: unknown } | undefined => {
  const hasAnswers = tried.some((each) => each.kind === 'answered' && each.outcomes.length > 0);
  if (hasAnswers || results.some(({ ok }) => ok)) return undefined;
  return tried.find((each) => each.kind === 'failed');
};
