import { DomainError, type OfType } from '#lib/event-sourcing';
import type { MessageKey, OutgoingMessage } from '#lib/whatsapp';
import type { OutgoingContent } from './content.contract.js';
import type { MessageCommand } from './message.commands.js';
import type { MessageEvent, MessageEventData } from './message.contract.js';
import type { MessageOwner } from './message-owner.contract.js';
import type { MessageState, PendingChange, SentState } from './message-state.rules.js';
import { afterEdits, isOlderEdit } from './edit-order.rules.js';
import { failures, type Failure } from './outbox/attempt.rules.js';
import { laterOf } from './progress.rules.js';
import { isChannel, isStatus } from '#lib/whatsapp';
import { assertMentions } from './send-message.rules.js';
import { assertStyle, mentionsSomebody, notForChannel, notForStatus } from './status-posts.rules.js';

type Data<Type extends MessageCommand['type']> = OfType<MessageCommand, Type>['data'];
type Decided = readonly MessageEvent[];
type Requested =
  | { readonly kind: 'edit'; readonly content: OutgoingContent; readonly madeAt?: string }
  | { readonly kind: 'revocation' };
type PendingWhat =
  | Pick<Extract<PendingChange, { readonly kind: 'edit' }>, 'kind' | 'content' | 'madeAt'>
  | { readonly kind: 'revocation' };

/** How long after a message was sent WhatsApp takes edits of it. */
export const editWindowMs = 15 * 60 * 1000;
/** The same of revocations: two days and a half. */
export const revocationWindowMs = 60 * 60 * 60 * 1000;

/** The same of posts in channels. */
export const postWindowMs = 30 * 24 * 60 * 60 * 1000;

const windowMs = { edit: editWindowMs, revocation: revocationWindowMs } as const;

type When = Pick<SentState, 'sentAt'> & { readonly sent: Pick<SentState['sent'], 'chat'> };

export const isTooLate = (kind: PendingChange['kind'], { sentAt, sent: { chat } }: When, at: string): boolean =>
  Date.parse(at) - Date.parse(sentAt) > (isChannel(chat) ? postWindowMs : windowMs[kind]);

/** Whether a later edit counts already: sent after that one, this edit would hide it from whoever goes by the order of arrival. */
export const isOvertaken = (change: PendingChange, { editMadeAt }: Pick<SentState, 'editMadeAt'>): boolean =>
  change.kind === 'edit' && isOlderEdit(change.madeAt, editMadeAt);

const conflict = (code: string, detail: string): never => {
  throw new DomainError('conflict', code, detail);
};

/** Of messages with this status, nothing can be changed on anybody's phone. */
const unsentAdvice = {
  scheduled: 'The message is scheduled: cancel it instead',
  queued: 'The message is not sent yet: cancel it instead',
  failed: 'The message has failed: nobody has received it, as far as is known',
  canceled: 'The message is canceled: nobody has received it',
} as const;

/** @throws {DomainError} */
const sentOf = (state: MessageState): SentState => {
  switch (state.status) {
    case 'none':
    case 'awaited':
      throw new DomainError('not_found', 'message_not_found', 'There is no such message');
    case 'received':
      return conflict('message_not_own', 'Only messages that were sent from here can be changed');
    case 'scheduled':
    case 'queued':
    case 'failed':
    case 'canceled':
      return conflict('message_not_sent', unsentAdvice[state.status]);
    default:
      return state;
  }
};

/** Whether a message is deleted for everyone, or will be. */
export const isBeingRevoked = (state: MessageState): boolean =>
  ('isRevoked' in state && state.isRevoked) ||
  ('pending' in state && state.pending.some(({ kind }) => kind === 'revocation'));

/** @throws {DomainError} */
const inTime = (kind: PendingChange['kind'], message: SentState, at: string): void => {
  if (isTooLate(kind, message, at)) conflict('too_late', failures.tooLate(kind, message.sent.chat).reason);
};

export const editRequested = (data: Data<'RequestMessageEdit'>, state: MessageState): Decided => {
  const { changeId, content, keyId, at } = data;
  const message = sentOf(state);
  if (isStatus(message.sent.chat)) notForStatus('A status post cannot be edited: delete it, and post another one');
  if (isBeingRevoked(message)) conflict('message_revoked', 'The message is deleted');
  if (message.sent.type !== 'text' || content.type !== 'text') {
    conflict('message_not_editable', `Only texts can be edited, and the message is of type ${message.sent.type}`);
  }
  assertMentions(content, message.sent.chat);
  if (isChannel(message.sent.chat) && mentionsSomebody(content)) notForChannel('A post in a channel mentions nobody');
  assertStyle(content, message.sent.chat);
  inTime('edit', message, at);
  const last = message.pending.at(-1);
  if (last?.kind === 'edit' && JSON.stringify(last.content) === JSON.stringify(content)) return []; // requested already
  const request = requested(message, { changeId, keyId, at });
  const known = message.pending.map((change) => (change.kind === 'edit' ? change.madeAt : null));
  const madeAt = afterEdits(request.requestedAt, [message.editMadeAt, ...known]);
  return [{ type: 'MessageEditRequested', data: { ...request, content, ...(madeAt !== undefined && { madeAt }) } }];
};

export const revocationRequested = (data: Data<'RequestMessageRevocation'>, state: MessageState): Decided => {
  const message = sentOf(state);
  if (isBeingRevoked(message)) return [];
  inTime('revocation', message, data.at);
  return [{ type: 'MessageRevocationRequested', data: requested(message, data) }];
};

const requested = (
  { owner, sent: { account, chat, recipients, whatsappId }, lastAt }: SentState,
  { changeId, keyId, at }: Pick<Data<'RequestMessageRevocation'>, 'changeId' | 'keyId' | 'at'>,
): MessageEventData<'MessageRevocationRequested'> => ({
  ...owner,
  changeId,
  account,
  chat,
  ...(recipients && { recipients }),
  whatsappId,
  keyId,
  requestedAt: laterOf(at, lastAt),
});

const pendingOf = (state: MessageState, changeId: string): PendingChange | undefined =>
  'pending' in state ? state.pending.find((change) => change.changeId === changeId) : undefined;

export const changeSent = ({ changeId, at }: Data<'RecordChangeSent'>, state: MessageState): Decided => {
  const change = pendingOf(state, changeId);
  if (!change || !('pending' in state)) return [];
  const { owner, lastAt } = state;
  const when = laterOf(at, lastAt);
  if (isOvertaken(change, state)) return [failed(owner, change, failures.overtaken, when)];
  if (change.kind === 'edit') return withOvertaken([edited(owner, change, when)], state);
  return withOvertaken([{ type: 'MessageRevoked', data: { ...owner, changeId, revokedAt: when } }], state);
};

type Text = Extract<OutgoingContent, { readonly type: 'text' }>;

const textOf = (content: OutgoingContent): Text => {
  if (content.type !== 'text') throw new Error('Only edits of texts are requested');
  return content;
};

const edited = (
  owner: MessageOwner,
  { changeId, content, madeAt }: Extract<PendingChange, { readonly kind: 'edit' }>,
  editedAt: string,
): MessageEvent => {
  const { type, body, mentions = [], mentionAll } = textOf(content);
  const all = mentionAll ? { mentionAll } : {};
  return {
    type: 'MessageEdited',
    data: { ...owner, changeId, content: { type, body }, mentions, ...all, madeAt, editedAt },
  };
};

export const changeFailed = (data: Data<'RecordChangeFailed'>, state: MessageState): Decided => {
  const { changeId, code, reason, retryable, at } = data;
  const change = pendingOf(state, changeId);
  if (!change || state.status === 'none') return [];
  return [failed(state.owner, change, { code, reason, retryable }, laterOf(at, state.lastAt))];
};

const failed = (
  owner: MessageOwner,
  { changeId, kind }: PendingChange,
  failure: Failure,
  failedAt: string,
): MessageEvent => ({ type: 'MessageChangeFailed', data: { ...owner, changeId, kind, ...failure, failedAt } });

/**
 * Once a message is revoked, here or on a phone, nothing becomes of the other changes that were requested. Once it is edited, nothing becomes of edits that
 * were made before that one.
 */
export const withOvertaken = (events: Decided, state: MessageState): Decided => {
  if (!('pending' in state)) return events;
  const { owner, pending } = state;
  const others = (changeId: string) => pending.filter((change) => change.changeId !== changeId);
  const overtaken = events.flatMap((event) => {
    if (event.type === 'MessageRevoked') {
      const { changeId, revokedAt } = event.data;
      return others(changeId).map((change) => failed(owner, change, failures.revoked, revokedAt));
    }
    if (event.type !== 'MessageEdited') return [];
    const { changeId, madeAt = null, editedAt } = event.data;
    const older = others(changeId).filter((change) => isOvertaken(change, { editMadeAt: madeAt }));
    return older.map((change) => failed(owner, change, failures.overtaken, editedAt));
  });
  return [...events, ...overtaken];
};

/** The state once a change is pending, or is no longer. */
export const withPending = (
  state: MessageState,
  { changeId, keyId, requestedAt }: Pick<PendingChange, 'changeId' | 'keyId' | 'requestedAt'>,
  what: PendingWhat,
): MessageState =>
  'pending' in state
    ? { ...state, pending: [...state.pending, { changeId, keyId, requestedAt, ...what }], lastAt: requestedAt }
    : state;

export const withoutPending = (state: MessageState, changeId: string): MessageState =>
  'pending' in state ? { ...state, pending: state.pending.filter((change) => change.changeId !== changeId) } : state;

/**
 * A change as it is sent, always the same. `chat` is the jid that the message was sent to, `whatsappId` its own; `recipients` as of a message.
 */
export const changeToSend = (
  change: Pick<PendingChange, 'changeId' | 'requestedAt'> & Requested,
  { whatsappId, chat, recipients }: Pick<MessageKey, 'whatsappId' | 'chat'> & Pick<OutgoingMessage, 'recipients'>,
): OutgoingMessage => ({
  whatsappId: change.changeId,
  to: chat,
  ...(recipients && { recipients }),
  content:
    change.kind === 'edit'
      ? { type: 'edit', text: textOf(change.content), editedAt: change.madeAt ?? change.requestedAt }
      : { type: 'revocation' },
  replyTo: { whatsappId, chat, fromMe: true, participant: null, text: '' },
});
