import type { OfType } from '#lib/event-sourcing';
import type { ReceivedContent } from './content.contract.js';
import { editedContent } from './content/kinds.js';
import type { Change, SealedChange } from './incoming.contract.js';
import { isOlderEdit, lastEditAfter } from './edit-order.rules.js';
import { fileContentOf } from './said.rules.js';
import type { MessageCommand } from './message.commands.js';
import type { MessageEvent, MessageEventData } from './message.contract.js';
import type { MessageOwner } from './message-owner.contract.js';
import type { Awaited, FileContent, MessageState } from './message-state.rules.js';
import { isNewVote } from './poll-votes.rules.js';
import { laterOf } from './progress.rules.js';

type Known = Exclude<MessageState, { readonly status: 'none' }>;
type Data<Type extends MessageCommand['type']> = OfType<MessageCommand, Type>['data'];
type Decided = readonly MessageEvent[];

/** Of each kind, more than anybody makes; what is beyond is dropped, so that nobody can fill the log with changes of what never comes. */
const maxWaiting = 20;
/** As many as the largest group has members. */
const maxWaitingVotes = 1_024;

/**
 * Longer than WhatsApp keeps what it could not deliver: a message that comes after that is not the one that a reaction overtook. Edits and
 * revocations wait without end, since what was taken back must not be shown.
 */
const maxReactionWaitMs = 31 * 24 * 60 * 60 * 1000;

const isStillAwaited =
  (receivedAt: string) =>
  ({ change, at }: Awaited): boolean =>
    change.kind !== 'reaction' || Date.parse(receivedAt) - Date.parse(at) <= maxReactionWaitMs;

export const isReadable = ({ type }: Pick<ReceivedContent, 'type'>): boolean => type !== 'unreadable';

const isNewChange = (state: MessageState, changeId: string): state is Known =>
  state.status !== 'none' && !state.isRevoked && !state.changes.includes(changeId);

/** Under which an encrypted edit is remembered, beside the id under which it is remembered once it was opened. */
export const sealedChangeId = (changeId: string): string => `sealed ${changeId}`;

export const receivedDecided = (data: Data<'RecordMessageReceived'>, state: MessageState): Decided => {
  switch (state.status) {
    case 'none':
      return [{ type: 'MessageReceived', data }];
    case 'awaited': {
      const waiting = state.waiting.filter(isStillAwaited(data.receivedAt));
      const { known, later } = isReadable(data.content) ? { known: waiting, later: [] } : parted(waiting);
      return [
        { type: 'MessageReceived', data },
        ...later.map((each) => awaiting(state.owner, each)),
        ...withoutOlderEdits(known).flatMap((each) =>
          applied(state.owner, basisOf(data), notBefore(data.receivedAt, each)),
        ),
      ];
    }
    case 'received':
      return state.isReadable || state.isRevoked || !isReadable(data.content) ? [] : recovered(data, state);
    default:
      return [];
  }
};

const recovered = (
  {
    replyToWhatsappId,
    replyTo,
    referral,
    forwarded,
    sealedSecret,
    receivedAt,
    ...said
  }: MessageEventData<'MessageReceived'>,
  { owner, waiting, edit }: Extract<MessageState, { readonly status: 'received' }>,
): Decided => {
  const found = { ...asEdited(said, edit), replyToWhatsappId, replyTo, referral, forwarded, sealedSecret };
  return [
    { type: 'MessageRecovered', data: { ...owner, ...found, recoveredAt: receivedAt } },
    ...waiting.flatMap((each) => applied(owner, basisOf(found), notBefore(receivedAt, each))),
  ];
};

type Written = Pick<MessageEventData<'MessageReceived'>, 'content' | 'mentions'>;
type Edit = Pick<MessageEventData<'MessageEdited'>, 'content' | 'mentions'>;

/** What a message says since it was edited, although it arrives only now. */
const asEdited = ({ content, mentions }: Written, edit: Edit | null): Written => {
  const edited = edit && editedContent(content, edit.content);
  return edited ? { content: edited, mentions: edit.mentions } : { content, mentions };
};

/** What an unreadable message can take, and what must wait for its secret. */
const parted = (waiting: readonly Awaited[]) => ({
  known: waiting.filter(({ change }) => !isSealed(change)),
  later: waiting.filter(({ change }) => isSealed(change)),
});

const isSealed = (change: Change): change is SealedChange =>
  change.kind === 'sealed_edit' || change.kind === 'sealed_vote';

export const withEdit = (
  state: MessageState,
  { content, mentions, madeAt }: Edit & { readonly madeAt?: string },
): MessageState => {
  if (state.status === 'none') return state;
  const editMadeAt = lastEditAfter(madeAt, state.editMadeAt);
  if (state.status !== 'received') return { ...state, editMadeAt };
  return { ...state, editMadeAt, type: content.type, edit: state.isReadable ? null : { content, mentions } };
};

const withoutOlderEdits = (waiting: readonly Awaited[]): readonly Awaited[] => {
  let last: string | null = null;
  return waiting.filter(({ change }) => {
    if (change.kind !== 'edit') return true;
    if (isOlderEdit(change.madeAt, last)) return false;
    last = lastEditAfter(change.madeAt, last);
    return true;
  });
};

export const editDecided = (data: Data<'RecordMessageEdited'>, state: MessageState): Decided => {
  const { changeId, content, mentions, madeAt, at } = data;
  const change = { kind: 'edit', content, mentions, ...(madeAt !== undefined && { madeAt }) } as const;
  if (state.status === 'none' || state.status === 'awaited') return awaited(data, change, state);
  return isNewChange(state, changeId) && !isOlderEdit(madeAt, state.editMadeAt)
    ? applied(state.owner, state, notBefore(state.lastAt, { changeId, change, at }))
    : [];
};

export const revocationDecided = (data: Data<'RecordMessageRevoked'>, state: MessageState): Decided => {
  const { changeId, at } = data;
  if (state.status === 'none' || state.status === 'awaited') return awaited(data, { kind: 'revocation' }, state);
  return isNewChange(state, changeId)
    ? applied(state.owner, state, notBefore(state.lastAt, { changeId, change: { kind: 'revocation' }, at }))
    : [];
};

export const reactionDecided = (data: Data<'RecordReaction'>, state: MessageState): Decided => {
  const { changeId, from, emoji, at } = data;
  const change = { kind: 'reaction', from, emoji } as const;
  if (state.status === 'none' || state.status === 'awaited') return awaited(data, change, state);
  return isNewChange(state, changeId)
    ? applied(state.owner, state, notBefore(state.lastAt, { changeId, change, at }))
    : [];
};

export const sealedChangeDecided = (data: Data<'RecordSealedChange'>, state: MessageState): Decided => {
  const { changeId, change, at } = data;
  if (state.status === 'none' || state.status === 'awaited') return awaited(data, change, state);
  if (!isNewChange(state, changeId)) return [];
  if (state.status === 'received' && !state.isReadable && state.sealedSecret === null) {
    return awaited(data, change, state);
  }
  const isNew =
    change.kind === 'sealed_edit'
      ? isNewChange(state, sealedChangeId(changeId))
      : isNewVote(state.poll, { changeId, ...change.vote });
  if (!isNew) return [];
  const arrived = notBefore(state.lastAt, { changeId, change, at });
  return state.status === 'received'
    ? applied(state.owner, state, arrived)
    : [sealedChange(state.owner, null, { changeId, change, at: arrived.at })];
};

const awaited = (
  {
    messageId,
    userId,
    sessionId,
    chatId,
    changeId,
    at,
  }: MessageOwner & { readonly changeId: string; readonly at: string },
  change: Change,
  state: Extract<MessageState, { readonly status: 'none' | 'awaited' | 'received' }>,
): Decided => {
  const waiting = state.status === 'none' ? [] : state.waiting;
  const ofThisKind = waiting.filter((other) => other.change.kind === change.kind);
  const most = change.kind === 'sealed_vote' ? maxWaitingVotes : maxWaiting;
  if (ofThisKind.length >= most || waiting.some((other) => other.changeId === changeId)) return [];
  return [awaiting({ messageId, userId, sessionId, chatId }, { changeId, change, at })];
};

const awaiting = (owner: MessageOwner, waiting: Awaited): MessageEvent => ({
  type: 'MessageChangeAwaited',
  data: { ...owner, ...waiting },
});

/** What waited is recorded with the time at which it is. */
const notBefore = (time: string, waiting: Awaited): Awaited => ({ ...waiting, at: laterOf(waiting.at, time) });

/** What changes of a message depend on. */
type Basis = { readonly fileContent: FileContent | null; readonly sealedSecret?: string | null };
const basisOf = ({
  content,
  sealedSecret,
}: Pick<MessageEventData<'MessageReceived'>, 'content' | 'sealedSecret'>): Basis => ({
  fileContent: fileContentOf(content),
  sealedSecret,
});

/** An encrypted change of a received message without a secret can never be opened: nothing becomes of it. */
const applied = (
  owner: MessageOwner,
  { fileContent, sealedSecret = null }: Basis,
  { changeId, change, at }: Awaited,
): Decided => {
  switch (change.kind) {
    case 'edit': {
      const { kind: _kind, ...edit } = change;
      const content = editedContent(fileContent, edit.content);
      return content ? [{ type: 'MessageEdited', data: { ...owner, changeId, ...edit, content, editedAt: at } }] : [];
    }
    case 'revocation':
      return [{ type: 'MessageRevoked', data: { ...owner, changeId, revokedAt: at } }];
    case 'reaction': {
      const { from, emoji } = change;
      return [{ type: 'ReactionReceived', data: { ...owner, changeId, from, emoji, reactedAt: at } }];
    }
    case 'sealed_edit':
    case 'sealed_vote':
      return sealedSecret === null ? [] : [sealedChange(owner, sealedSecret, { changeId, change, at })];
  }
};

const sealedChange = (
  owner: MessageOwner,
  sealedSecret: string | null,
  arrived: Pick<MessageEventData<'SealedChangeReceived'>, 'changeId' | 'change' | 'at'>,
): MessageEvent => ({ type: 'SealedChangeReceived', data: { ...owner, ...arrived, sealedSecret } });
