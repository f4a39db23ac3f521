import type { OfType } from '#lib/event-sourcing';
import type { AcceptedMessage, MessageEvent, MessageEventData } from './message.contract.js';
import type { MessageOwner } from './message-owner.contract.js';

type MessageEventType = MessageEvent['type'];

/** For tests: when the message was accepted, and when everything else happened. */
export const at = '2026-01-02T03:04:05.600Z';
export const later = '2026-01-02T03:04:09.000Z';
export const scheduledAt = '2026-02-01T00:00:00.000Z';

export const messageOwner: MessageOwner = {
  messageId: '0199aaaa-0000-7000-8000-000000000001',
  userId: '0199aaaa-0000-7000-8000-000000000002',
  sessionId: '0199aaaa-0000-7000-8000-000000000003',
  chatId: '0199aaaa-0000-8000-8000-000000000004',
};

export const accepted: AcceptedMessage = {
  ...messageOwner,
  account: '+491709876543',
  chat: '491701234567@s.whatsapp.net',
  to: '+491701234567',
  whatsappId: '3EB0AA',
  content: { type: 'text', body: 'Hello', mentions: [] },
  replyTo: null,
  forwarded: false,
  reference: null,
  keyId: null,
  acceptedAt: at,
};

const requestedChange: MessageEventData<'MessageRevocationRequested'> = {
  ...messageOwner,
  changeId: 'C1',
  account: accepted.account,
  chat: accepted.chat,
  whatsappId: accepted.whatsappId,
  keyId: null,
  requestedAt: later,
};

const data: { readonly [Type in MessageEventType]: MessageEventData<Type> } = {
  MessageScheduled: { ...accepted, scheduledAt },
  MessageQueued: { ...accepted, queuedAt: at },
  MessageHeld: { ...messageOwner, why: 'session_offline', detail: 'It waits.', mayHaveLeft: false, heldAt: later },
  MessageAttempted: { ...messageOwner, attemptedAt: later },
  MediaUploaded: {
    ...messageOwner,
    upload: {
      url: 'https://mmg.whatsapp.net/v/1.enc',
      directPath: '/v/1.enc',
      encryptedSha256: 'aGFzaA==',
      uploadedAt: later,
      thumbnail: null,
      waveform: null,
    },
    recordedAt: later,
  },
  LinkPreviewFetched: {
    ...messageOwner,
    preview: { url: 'https://example.com/a', title: 'A', description: null, thumbnail: null },
    recordedAt: later,
  },
  LinkPreviewUnavailable: { ...messageOwner, reason: 'The page has no title.', recordedAt: later },
  MessageSent: { ...messageOwner, type: 'text', sentAt: later, whatsappAt: null },
  MessageDelivered: { ...messageOwner, type: 'text', deliveredAt: later, whatsappAt: null },
  MessageRead: { ...messageOwner, type: 'text', readAt: later, whatsappAt: null },
  MessagePlayed: { ...messageOwner, type: 'text', playedAt: later, whatsappAt: null },
  MessageFailed: {
    ...messageOwner,
    type: 'text',
    code: 'whatsapp_463',
    reason: 'No.',
    retryable: false,
    givesBack: at,
    failedAt: later,
  },
  MessageCanceled: { ...messageOwner, type: 'text', givesBack: at, canceledAt: later },
  MessageReceived: {
    ...messageOwner,
    account: accepted.account,
    chat: accepted.chat,
    whatsappId: 'ABC',
    whatsappChat: accepted.chat,
    fromMe: false,
    sender: { phoneNumber: '+491701234567', lid: null },
    participant: null,
    pushName: 'Ada',
    content: { type: 'text', body: 'Hi' },
    replyToWhatsappId: null,
    replyTo: null,
    mentions: [],
    referral: null,
    forwarded: false,
    history: false,
    sealedSecret: null,
    sentAt: at,
    receivedAt: at,
  },
  MessageRecovered: {
    ...messageOwner,
    content: { type: 'text', body: 'Hi' },
    replyToWhatsappId: null,
    replyTo: null,
    mentions: [],
    referral: null,
    forwarded: false,
    sealedSecret: null,
    recoveredAt: later,
  },
  MessageFileFetched: {
    ...messageOwner,
    type: 'image',
    file: {
      mediaId: '0199aaaa-0000-8000-8000-000000000005',
      mimeType: 'image/png',
      size: 1200,
      sha256: 'ab'.repeat(32),
      fileName: null,
      width: 40,
      height: 30,
      seconds: null,
    },
    fetchedAt: later,
  },
  MessageFileUnavailable: {
    ...messageOwner,
    trouble: { code: 'expired', reason: 'WhatsApp no longer has the file, and neither does the phone' },
    at: later,
  },
  MessageChangeAwaited: { ...messageOwner, changeId: 'R1', change: { kind: 'revocation' }, at: later },
  SealedChangeReceived: {
    ...messageOwner,
    changeId: 'S1',
    change: {
      kind: 'sealed_edit',
      whatsappId: 'ABC',
      edit: { sender: { jid: accepted.chat, phoneNumber: '+491701234567', lid: null }, payload: 'sealed', iv: 'iv' },
    },
    sealedSecret: 'secret',
    at: later,
  },
  MessageMarked: {
    ...messageOwner,
    as: 'read',
    account: accepted.account,
    whatsappId: 'ABC',
    whatsappChat: accepted.chat,
    participant: null,
    hidden: false,
    markedAt: later,
  },
  MarkReported: { ...messageOwner, as: 'read', reportedAt: later },
  MessageEditRequested: { ...requestedChange, content: { type: 'text', body: 'Hi!', mentions: [] } },
  MessageRevocationRequested: requestedChange,
  MessageChangeFailed: {
    ...messageOwner,
    changeId: 'C1',
    kind: 'edit',
    code: 'whatsapp_403',
    reason: 'No.',
    retryable: false,
    failedAt: later,
  },
  MessageEdited: {
    ...messageOwner,
    changeId: 'E1',
    content: { type: 'text', body: 'Hi!' },
    mentions: [],
    editedAt: later,
  },
  MessageRevoked: { ...messageOwner, changeId: 'R1', revokedAt: later },
  ReactionReceived: { ...messageOwner, changeId: 'A1', from: '+491701234567', emoji: '👍', reactedAt: later },
  PollVoted: {
    ...messageOwner,
    changeId: 'V1',
    ballot: 0,
    voter: { phoneNumber: '+491701234567', lid: null },
    options: ['Evening'],
    votedAt: at,
    castAt: at,
    recordedAt: later,
  },
};

/** An event of that message, for tests: they name only the fields that matter to them. */
export const messageEvent = <Type extends MessageEventType>(
  type: Type,
  fields: Partial<MessageEventData<Type>> = {},
): OfType<MessageEvent, Type> =>
  ({ type, data: { ...data[type], ...fields } }) as unknown as OfType<MessageEvent, Type>;
