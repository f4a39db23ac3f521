import { decider, DomainError } from '#lib/event-sourcing';
import {
  editDecided,
  isReadable,
  reactionDecided,
  receivedDecided,
  revocationDecided,
  sealedChangeId,
  sealedChangeDecided,
  withEdit,
} from './incoming.rules.js';
import { saidBy, type Said } from './said.rules.js';
import { previewDecided, withPreview } from './previews/preview.rules.js';
import { markReported, messageMarked, withMark, withMarkReported } from './marks.rules.js';
import type { MessageCommand } from './message.commands.js';
import { messageEvents, type AcceptedMessage, type MessageEvent, type MessageEventData } from './message.contract.js';
import type { MessageOwner } from './message-owner.contract.js';
import type { Existing, MessageState, Sent } from './message-state.rules.js';
import { holdDecided, withHold } from './holds.rules.js';
import { failures } from './outbox/attempt.rules.js';
import { pollVoteDecided, withBallot, withVoteArrived } from './poll-votes.rules.js';
import { fileFetched, fileUnavailable, hasFile } from './received-files/received-file.rules.js';
import { laterOf, momentOf, progressEvents, type ProgressStatus } from './progress.rules.js';
import {
  changeFailed,
  changeSent,
  editRequested,
  revocationRequested,
  withOvertaken,
  withoutPending,
  withPending,
} from './requested-changes.rules.js';
import { canceled, failed, mayHaveLeft } from './endings.rules.js';

const maxRememberedChanges = 50;

export const messageDecider = decider<MessageCommand, MessageEvent, MessageState>({
  events: messageEvents,
  idOf: ({ data }) => data.messageId,
  initialState: { status: 'none' },

  decide: {
    AcceptMessage: ({ at, scheduledAt, ...message }, state) => {
      if (state.status !== 'none') return []; // the same request, delivered again
      return scheduledAt === null
        ? [{ type: 'MessageQueued', data: { acceptedAt: at, queuedAt: at, ...message } }]
        : [{ type: 'MessageScheduled', data: { acceptedAt: at, scheduledAt, ...message } }];
    },
    QueueMessage: ({ at }, state) =>
      state.status === 'scheduled'
        ? [{ type: 'MessageQueued', data: { ...state.accepted, queuedAt: laterOf(at, state.lastAt) } }]
        : [],
    HoldMessage: holdDecided,
    BeginAttempt: ({ newContact, leftOut, at }, state) => {
      if (state.status !== 'queued') {
        throw new DomainError('conflict', 'message_not_queued', `The message is ${state.status}`);
      }
      if (state.mayHaveLeft) return [];
      const known = { ...(newContact && { newContact }), ...(leftOut && { leftOut: union(state.leftOut, leftOut) }) };
      return [{ type: 'MessageAttempted', data: { attemptedAt: laterOf(at, state.lastAt), ...known, ...state.owner } }];
    },
    RecordMediaUploaded: ({ upload, at }, state) =>
      state.status === 'queued'
        ? [{ type: 'MediaUploaded', data: { ...state.owner, upload, recordedAt: laterOf(at, state.lastAt) } }]
        : [],
    RecordLinkPreview: previewDecided,
    RecordMessageCanceled: ({ at }, state) => {
      if (state.status === 'none') {
        throw new DomainError('not_found', 'message_not_found', 'There is no such message');
      }
      if (state.status === 'canceled') return [];
      if (state.status !== 'scheduled' && state.status !== 'queued') {
        throw new DomainError('conflict', 'message_not_cancelable', `The message is ${state.status} already`);
      }
      if (state.status === 'queued' && state.mayHaveLeft) {
        const detail = 'The message is being sent, or was sent and not confirmed: it may have arrived';
        throw new DomainError('conflict', 'message_not_cancelable', detail);
      }
      return canceled(at, state);
    },
    CancelIfUnsent: ({ at }, state) =>
      state.status === 'scheduled' || (state.status === 'queued' && !state.mayHaveLeft) ? canceled(at, state) : [],
    RecordMessageSent: (report, state) => progressed('sent', report, state),
    RecordMessageDelivered: (report, state) => progressed('delivered', report, state),
    RecordMessageRead: (report, state) => progressed('read', report, state),
    RecordMessagePlayed: (report, state) => progressed('played', report, state),
    RecordMessageFailed: ({ nothingLeft = false, at, ...failure }, state) =>
      nothingLeft || !mayHaveLeft(state)
        ? failed(failure, at, state, true)
        : failed(failures.maybeArrived(failure), at, state, false),
    AbandonMessage: ({ at }, state) =>
      mayHaveLeft(state)
        ? failed(failures.sessionDeletedMeanwhile, at, state, false)
        : failed(failures.sessionDeleted, at, state, true),
    FailUnlessFor: ({ account, at }, state) => {
      const isUnsent = state.status === 'scheduled' || state.status === 'queued';
      if (!isUnsent || state.accepted.account === account) return [];
      return mayHaveLeft(state)
        ? failed(failures.maybeArrived(failures.accountChanged), at, state, false)
        : failed(failures.accountChanged, at, state, true);
    },
    RecordMessageReceived: receivedDecided,
    RecordFileFetched: fileFetched,
    RecordFileUnavailable: fileUnavailable,
    RecordMessageEdited: (data, state) => withOvertaken(editDecided(data, state), state),
    RecordSealedChange: sealedChangeDecided,
    RecordMessageRevoked: (data, state) => withOvertaken(revocationDecided(data, state), state),
    RecordReaction: reactionDecided,
    RecordPollVote: pollVoteDecided,
    RequestMessageEdit: editRequested,
    RequestMessageRevocation: revocationRequested,
    RecordChangeSent: changeSent,
    RecordChangeFailed: changeFailed,
    RecordMessageMarked: messageMarked,
    RecordMarkReported: markReported,
  },

  evolve: {
    MessageScheduled: (_none, { scheduledAt: _scheduledAt, ...accepted }) => ({
      ...created(accepted, accepted.acceptedAt, saidBy(accepted.content, null)),
      status: 'scheduled',
      accepted,
    }),
    MessageQueued: (_before, { queuedAt, ...accepted }) => ({
      status: 'queued',
      accepted,
      heldFor: [],
      heldUntil: null,
      mayHaveLeft: false,
      leftOut: [],
      upload: null,
      preview: null,
      ...created(accepted, queuedAt, saidBy(accepted.content, null)),
    }),
    MessageHeld: withHold,
    MessageAttempted: (state, { leftOut = [], attemptedAt }) =>
      state.status === 'queued'
        ? {
            ...state,
            accepted: without(leftOut, state.accepted),
            mayHaveLeft: true,
            leftOut: union(state.leftOut, leftOut),
            lastAt: attemptedAt,
          }
        : state,
    MediaUploaded: (state, { upload, recordedAt }) =>
      state.status === 'queued' ? { ...state, upload, lastAt: recordedAt } : state,
    LinkPreviewFetched: (state, { preview, recordedAt }) => withPreview(state, preview, recordedAt),
    LinkPreviewUnavailable: (state, { recordedAt }) => withPreview(state, null, recordedAt),
    MessageSent: (state, { sentAt, whatsappAt }) => moved(state, 'sent', sentAt, whatsappAt),
    MessageDelivered: (state, { deliveredAt }) => moved(state, 'delivered', deliveredAt),
    MessageRead: (state, { readAt }) => moved(state, 'read', readAt),
    MessagePlayed: (state, { playedAt }) => moved(state, 'played', playedAt),
    MessageFailed: (state, { failedAt }) => ended(state, 'failed', failedAt),
    MessageCanceled: (state, { canceledAt }) => ended(state, 'canceled', canceledAt),
    MessageReceived: (_before, data) => ({
      status: 'received',
      isReadable: isReadable(data.content),
      edit: null,
      type: data.content.type,
      sender: data.sender,
      history: data.history,
      file: fileStateOf(data.content),
      marked: [],
      unreported: [],
      sealedSecret: data.sealedSecret,
      waiting: [],
      ...created(data, data.receivedAt, saidBy(data.content, data.sender)),
    }),
    MessageRecovered: (state, { content, sealedSecret }) =>
      state.status === 'received'
        ? {
            ...state,
            isReadable: true,
            edit: null,
            type: content.type,
            file: fileStateOf(content),
            ...saidBy(content, state.sender),
            sealedSecret,
            waiting: [],
          }
        : state,
    MessageFileFetched: (state, { fetchedAt }) => withFile(state, 'ready', fetchedAt),
    MessageFileUnavailable: (state, { at }) => withFile(state, 'unavailable', at),
    MessageChangeAwaited: (state, { changeId, change, at, ...owner }) => {
      const before =
        state.status === 'none' ? { ...created(owner, at), status: 'awaited' as const, waiting: [] } : state;
      if (before.status !== 'awaited' && before.status !== 'received') return state;
      return { ...before, waiting: [...before.waiting, { changeId, change, at }] };
    },
    MessageMarked: (state, { as, hidden, markedAt }) => withMark(state, as, hidden, markedAt),
    MarkReported: (state, { as, reportedAt }) => withMarkReported(state, as, reportedAt),
    SealedChangeReceived: (state, { changeId, change, at }) =>
      change.kind === 'sealed_edit'
        ? changed(state, sealedChangeId(changeId), at)
        : withVoteArrived(state, changeId, at),
    MessageEditRequested: (state, { content, madeAt, ...requested }) =>
      withPending(state, requested, { kind: 'edit', content, madeAt: madeAt ?? requested.requestedAt }),
    MessageRevocationRequested: (state, requested) => withPending(state, requested, { kind: 'revocation' }),
    MessageChangeFailed: (state, { changeId, failedAt }) =>
      changed(withoutPending(state, changeId), changeId, failedAt),
    MessageEdited: (state, { changeId, editedAt, ...edit }) =>
      changed(withEdit(withoutPending(state, changeId), edit), changeId, editedAt),
    MessageRevoked: (state, { changeId, revokedAt }) =>
      changed(revoked(withoutPending(state, changeId)), changeId, revokedAt),
    ReactionReceived: (state, { changeId, reactedAt }) => changed(state, changeId, reactedAt),
    PollVoted: (state, vote) => withBallot(state, vote),
  },
});

type Report = { readonly at: string; readonly whatsappAt: string };

/**
 * A reported status implies those before it, also where they were never reported. What WhatsApp or a device reports is proof: it overrules a
 * failure or a cancellation. Apart from that, a status never goes back.
 */
const progressed = (status: ProgressStatus, report: Report, state: MessageState): readonly MessageEvent[] => {
  const sent = sentOf(state);
  if (state.status === 'none' || state.status === 'scheduled' || !sent) return [];
  const message = { owner: state.owner, type: sent.type };
  const from = 'pending' in state ? state.status : null;
  return progressEvents(message, from, status, momentOf(laterOf(report.at, state.lastAt), report.whatsappAt));
};

const created = (
  { messageId, userId, sessionId, chatId }: MessageOwner,
  lastAt: string,
  said: Said = { poll: null, fileContent: null },
): Existing => ({
  owner: { messageId, userId, sessionId, chatId },
  lastAt,
  editMadeAt: null,
  changes: [],
  isRevoked: false,
  ...said,
});

/** Without what only its former status had. */
const existingOf = (
  { owner, editMadeAt, changes, isRevoked, poll, fileContent }: Existing,
  lastAt: string,
): Existing => ({
  owner,
  lastAt,
  editMadeAt,
  changes,
  isRevoked,
  poll,
  fileContent,
});

/** Undefined of what was not sent from here. */
const sentOf = (state: MessageState): Sent | undefined => {
  if ('sent' in state) return state.sent;
  if (!('accepted' in state)) return undefined;
  const { account, chat, recipients, whatsappId, content } = state.accepted;
  return { account, chat, ...(recipients && { recipients }), whatsappId, type: content.type };
};

const union = (some: readonly string[], others: readonly string[]): readonly string[] => [
  ...new Set([...some, ...others]),
];

/** It goes, and is deleted, only where it could go. */
const without = (leftOut: readonly string[], { recipients, ...accepted }: AcceptedMessage): AcceptedMessage =>
  recipients ? { ...accepted, recipients: recipients.filter((jid) => !leftOut.includes(jid)) } : accepted;

const moved = (
  state: MessageState,
  status: ProgressStatus,
  lastAt: string,
  whatsappAt: string | null = null,
): MessageState => {
  const sent = sentOf(state);
  if (state.status === 'none' || !sent) return state;
  const { sentAt, pending } = 'pending' in state ? state : { sentAt: whatsappAt ?? lastAt, pending: [] };
  return { status, sent, sentAt, pending, ...existingOf(state, lastAt) };
};

const ended = (state: MessageState, status: 'failed' | 'canceled', lastAt: string): MessageState => {
  const sent = sentOf(state);
  return state.status === 'none' || !sent ? state : { status, sent, ...existingOf(state, lastAt) };
};

const fileStateOf = (content: MessageEventData<'MessageReceived'>['content']) => (hasFile(content) ? 'pending' : null);

const withFile = (state: MessageState, file: 'ready' | 'unavailable', lastAt: string): MessageState =>
  state.status === 'received' ? { ...state, file, lastAt } : state;

const revoked = (state: MessageState): MessageState =>
  state.status === 'none' ? state : { ...state, isRevoked: true };

const changed = (state: MessageState, changeId: string, lastAt: string): MessageState =>
  state.status === 'none'
    ? state
    : { ...state, lastAt, changes: [...state.changes, changeId].slice(-maxRememberedChanges) };
