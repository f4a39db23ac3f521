import { saga, type OfType, type Recorded } from '#lib/event-sourcing';
import { sessionEvents, type SessionEvent } from '../sessions/session.contract.js';
import { apiKeyEvents, type ApiKeyEvent } from '../identity/api-key.contract.js';
import { userEvents, type UserEvent } from '../identity/user.contract.js';
import { restorationEvents, type RestorationEvent } from '../platform/restoration/restoration.contract.js';
import type {
  AbandonMessages,
  AwaitSchedule,
  CancelHeld,
  CancelUnsentOfKey,
  DeliverMessage,
  EraseMessages,
  FailForFormerAccount,
  HoldWaiting,
  NoteSentReaction,
  OpenSealedChange,
  ReportMarks,
} from './message.commands.js';
import { messageEvents, type MessageEvent } from './message.contract.js';

/** A change of a message goes the same way as the message. */
const delivered = ({
  data: { sessionId, chatId, messageId, changeId, keyId },
  position,
}: Recorded<
  OfType<MessageEvent, 'MessageEditRequested' | 'MessageRevocationRequested'>
>): readonly DeliverMessage[] => [
  { type: 'DeliverMessage', data: { sessionId, chatId, messageId, changeId, keyId, position } },
];

/** Queued messages go to their session's outbox, in the order in which they were queued; scheduled ones wait for their time. */
export const outboxSaga = saga<MessageEvent, DeliverMessage | AwaitSchedule>({
  name: 'outbox',
  // Older messages are loaded from the view at every start. Enqueued again, those that were sent would use up the pace of their session.
  startFrom: 'now',
  from: [messageEvents],
  keyOf: ({ data }) => data.sessionId,
  on: {
    MessageQueued: ({ data: { sessionId, chatId, messageId, keyId }, position }) => [
      { type: 'DeliverMessage', data: { sessionId, chatId, messageId, changeId: null, keyId, position } },
    ],
    MessageEditRequested: delivered,
    MessageRevocationRequested: delivered,
    MessageScheduled: ({ data: { messageId, sessionId, chatId, scheduledAt, keyId }, position }) => [
      { type: 'AwaitSchedule', data: { messageId, sessionId, chatId, scheduledAt, keyId, position } },
    ],
  },
});

/** Edits and votes that arrived encrypted are opened once the secret of their message is known. */
export const sealedChangesSaga = saga<MessageEvent, OpenSealedChange>({
  name: 'sealed-changes',
  // A change is recorded once, however often it is opened.
  startFrom: 'beginning',
  from: [messageEvents],
  on: { SealedChangeReceived: ({ data }) => [{ type: 'OpenSealedChange', data }] },
});

/** A reaction that was sent from here is a message of its own, and shows with the one that it is to, like those of others. */
export const sentReactionsSaga = saga<MessageEvent, NoteSentReaction>({
  name: 'sent-reactions',
  // A reaction is recorded once, however often this is repeated.
  startFrom: 'beginning',
  from: [messageEvents],
  keyOf: ({ data }) => data.chatId,
  on: {
    MessageSent: ({ data: { messageId, type, sentAt } }) =>
      type === 'reaction' ? [{ type: 'NoteSentReaction', data: { messageId, at: sentAt } }] : [],
  },
});

/** WhatsApp is told what was read, at once or when the session is back. */
export const marksSaga = saga<MessageEvent | SessionEvent, ReportMarks>({
  name: 'reported-marks',
  // What is older is told when the session connects.
  startFrom: 'now',
  from: [messageEvents, sessionEvents],
  keyOf: ({ data }) => data.sessionId,
  on: {
    MessageMarked: ({ data: { sessionId, hidden } }) => (hidden ? [] : [{ type: 'ReportMarks', data: { sessionId } }]),
    SessionConnected: ({ data: { sessionId } }) => [{ type: 'ReportMarks', data: { sessionId } }],
  },
});

/** Messages that can never be sent do not stay queued for ever: those of a deleted session, or of an account that was replaced. */
export const abandonSaga = saga<SessionEvent, AbandonMessages | FailForFormerAccount>({
  name: 'abandoned-messages',
  // No message may stay queued for ever. Repeating is harmless: a second search finds nothing.
  startFrom: 'beginning',
  from: [sessionEvents],
  on: {
    SessionDeleted: ({ data: { sessionId, deletedAt } }) => [
      { type: 'AbandonMessages', data: { sessionId, at: deletedAt } },
    ],
    SessionPaired: ({ data: { sessionId, phoneNumber, pairedAt } }) => [
      { type: 'FailForFormerAccount', data: { sessionId, account: phoneNumber, at: pairedAt } },
    ],
  },
});

/** What a revoked key left unsent is canceled, where the revocation says so. What was accepted with it afterwards, `Senders` knows. */
export const revokedKeysSaga = saga<ApiKeyEvent, CancelUnsentOfKey>({
  name: 'messages-of-revoked-keys',
  // Nothing that was to be canceled may be sent. Repeating is harmless: a second search finds nothing.
  startFrom: 'beginning',
  from: [apiKeyEvents],
  on: {
    ApiKeyRevoked: ({ data: { keyId, cancelUnsent, revokedAt } }) =>
      cancelUnsent ? [{ type: 'CancelUnsentOfKey', data: { keyId, at: revokedAt } }] : [],
  },
});

/** What waits in a restored copy is canceled where an admin says so. */
export const heldMessagesSaga = saga<RestorationEvent, CancelHeld>({
  name: 'held-messages',
  // The copy waits for it. Repeating is harmless: it acts only while the copy waits.
  startFrom: 'beginning',
  from: [restorationEvents],
  on: {
    ServiceResumeRequested: ({ data: { restoredAt } }) => [{ type: 'CancelHeld', data: { restoredAt } }],
  },
});

/** The messages of a deleted user leave the views. */
export const erasureSaga = saga<UserEvent, EraseMessages>({
  name: 'erased-messages',
  // No message of a deleted user may stay visible. Repeating is harmless: the second time records nothing.
  startFrom: 'beginning',
  from: [userEvents],
  on: {
    UserDeleted: ({ data: { userId, deletedAt } }) => [{ type: 'EraseMessages', data: { userId, at: deletedAt } }],
  },
});

/** Messages of a session that was logged out, or whose user is deactivated, do not claim that they are sent as soon as it is connected. */
export const waitingSaga = saga<SessionEvent, HoldWaiting>({
  name: 'waiting-messages',
  // An older logout says nothing about the messages of today.
  startFrom: 'now',
  from: [sessionEvents],
  on: {
    SessionLoggedOut: ({ data: { sessionId } }) => [{ type: 'HoldWaiting', data: { sessionId } }],
    SessionPaused: ({ data: { sessionId } }) => [{ type: 'HoldWaiting', data: { sessionId } }],
    SessionResumed: ({ data: { sessionId, connects } }) =>
      connects ? [] : [{ type: 'HoldWaiting', data: { sessionId } }],
  },
});
