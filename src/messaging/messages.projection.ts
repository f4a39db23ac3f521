import { projection } from '#lib/event-sourcing';
import { collection, patch, patchUnless, put, removeAll, type Fields, type Write } from '#lib/read-models';
import { isOfPerson, isStatus, shownAddressOf, shownPersonOf, type Mentions } from '#lib/whatsapp';
import { withMentions, wordsOf, type OutgoingContent, type ReceivedContent } from './content/kinds.js';
import { erasureEvents, type ErasureEvent } from './erasure.contract.js';
import { ballotField } from './ballots.rules.js';
import { expire } from './expiry.rules.js';
import { messageEvents, type AcceptedMessage, type MessageEvent, type MessageEventData } from './message.contract.js';
import type { MessageView } from './message-view.contract.js';
import { retentionEvents, type RetentionEvent } from './retention.contract.js';
import { hasFile } from './received-files/received-file.rules.js';

/** A message as it is stored: there are many, so that what one does not have (yet) is left out. */
export type MessageDocument = MessageView & {
  /** Where it was accepted or received in the log: lists are in this order. */
  readonly position: number;
  /** Where it was queued: messages are sent in this order. */
  readonly queuedPosition?: number;
  /** It counts for the user's limit of new people. */
  readonly opensChat?: true;
  /** Where the log says that it does not count for the quota of its day any more. */
  readonly givenBackPosition?: number;
  /** The API key with which it was accepted. */
  readonly keyId?: string;
};

/** Every message, of all users. */
export const messages = collection<MessageDocument>({
  name: 'messages',
  version: 16,
  indexes: [
    ['position'],
    ['userId', 'position'],
    ['userId', 'chat', 'position'],
    ['userId', 'createdAt'],
    ['userId', 'expiredAt', 'createdAt'],
    ['sessionId', 'position'],
    ['sessionId', 'whatsappId'],
    ['reference', 'position'],
    ['status', 'queuedPosition'],
    ['status', 'scheduledAt'],
    ['fileState'],
  ],
  search: ['text'],
  searchWithin: 'userId',
  owners: ['userId'],
});

/** Sets what is content of a message: not where that has expired, whatever becomes known of it later. */
const patchContent = (messageId: string, set: Fields): Write => patchUnless('expiredAt', messageId, set);

export const messagesProjection = projection<MessageEvent | RetentionEvent | ErasureEvent, MessageDocument>({
  into: messages,
  from: [messageEvents, retentionEvents, erasureEvents],
  on: {
    MessageScheduled: ({ data, position }) =>
      put(data.messageId, { ...viewOfAccepted(data, data.scheduledAt), ...keyOf(data), position }),
    MessageQueued: ({ data, position, revision }) =>
      revision === 0
        ? put(data.messageId, { position, queuedPosition: position, ...keyOf(data), ...viewOfAccepted(data, null) })
        : patch(data.messageId, { status: 'queued', queuedPosition: position }),
    MessageAttempted: ({ data: { messageId, leftOut } }) =>
      leftOut ? patch(messageId, { leftOut: leftOut.map(shownAddressOf) }) : [],
    MessageSent: ({ data }) =>
      patch(data.messageId, { status: 'sent', sentAt: data.sentAt, error: null, failedAt: null, canceledAt: null }),
    LinkPreviewFetched: ({
      data: {
        messageId,
        preview: { thumbnail: _thumbnail, ...linkPreview },
      },
    }) => patchContent(messageId, { linkPreview }),
    MessageDelivered: ({ data }) => patch(data.messageId, { status: 'delivered', deliveredAt: data.deliveredAt }),
    MessageRead: ({ data }) => patch(data.messageId, { status: 'read', readAt: data.readAt }),
    MessagePlayed: ({ data }) => patch(data.messageId, { status: 'played', playedAt: data.playedAt }),
    MessageFailed: ({ data: { messageId, code, reason, retryable, givesBack, failedAt }, position }) =>
      patch(messageId, {
        status: 'failed',
        failedAt,
        error: { code, reason, retryable },
        ...givenBack(givesBack, position),
      }),
    MessageCanceled: ({ data: { messageId, canceledAt, givesBack }, position }) =>
      patch(messageId, { status: 'canceled', canceledAt, ...givenBack(givesBack, position) }),
    MessageReceived: ({ data, position }) =>
      put(data.messageId, {
        ...viewOfReceived(data),
        position: data.history ? historyPosition(data.sentAt, position) : position,
      }),
    MessageRecovered: ({ data: { messageId, content, mentions, replyTo, replyToWhatsappId, referral, forwarded } }) => [
      patch(messageId, {
        type: content.type,
        ...(replyTo !== null && { replyTo }),
        ...(replyToWhatsappId !== null && { replyToWhatsappId }),
        ...(forwarded && { forwarded }),
      }),
      patchContent(messageId, {
        content: withMentions(content, shown({ mentions })),
        text: wordsOf(content),
        ...fileStateOf(content),
        ...(referral !== null && { referral }),
      }),
    ],
    MessageFileFetched: ({ data: { messageId, file } }) =>
      patchContent(messageId, { fileState: 'ready', file, fileTrouble: null }),
    MessageFileUnavailable: ({ data: { messageId, trouble } }) =>
      patchContent(messageId, { fileState: 'unavailable', fileTrouble: trouble }),
    MessageEdited: ({ data: { messageId, editedAt, ...edit } }) => {
      const content = withMentions(edit.content, shown(edit));
      return [
        patch(messageId, { type: content.type, editedAt }),
        patchContent(messageId, { linkPreview: null, content, text: wordsOf(content) }),
      ];
    },
    MessageMarked: ({ data: { messageId, as, markedAt } }) =>
      patch(messageId, as === 'read' ? { readAt: markedAt } : { playedAt: markedAt }),
    MessageRevoked: ({ data }) => patch(data.messageId, { revokedAt: data.revokedAt }),
    PollVoted: ({ data: { messageId, ballot, voter, options } }) =>
      patchContent(messageId, ballotField(ballot, { voter, options })),
    MessagesExpired: ({ data: { messages: expired, expiredAt } }) =>
      expired.map(({ messageId }) => expire(messageId, expiredAt)),
    UserMessagesErased: ({ data }) => removeAll('userId', data.userId),
  },
});

export const messageDocuments = { view: messages, projection: messagesProjection, stream: messageEvents };

/** A message at its acceptance; `scheduledAt` is null where it is queued at once. */
export const viewOfAccepted = (accepted: AcceptedMessage, scheduledAt: string | null): MessageView => ({
  id: accepted.messageId,
  userId: accepted.userId,
  sessionId: accepted.sessionId,
  direction: 'outgoing',
  via: 'api',
  status: scheduledAt === null ? 'queued' : 'scheduled',
  type: accepted.content.type,
  chatId: accepted.chatId,
  account: accepted.account,
  chat: accepted.chat,
  from: accepted.account,
  to: accepted.to,
  ...(accepted.recipients && { recipients: accepted.recipients.map(shownAddressOf) }),
  sender: { phoneNumber: accepted.account, lid: null },
  ...searchedText(accepted.content),
  content: accepted.content,
  whatsappId: accepted.whatsappId,
  ...(accepted.replyTo && { replyTo: accepted.replyTo.messageId }),
  ...(accepted.forwarded && { forwarded: true }),
  ...(accepted.reference !== null && { reference: accepted.reference }),
  createdAt: accepted.acceptedAt,
  ...(scheduledAt !== null && { scheduledAt }),
});

const givenBack = (givesBack: string | null, position: number): Pick<MessageDocument, 'givenBackPosition'> =>
  givesBack === null ? {} : { givenBackPosition: position };

const keyOf = ({ keyId, opensChat }: AcceptedMessage): Pick<MessageDocument, 'keyId' | 'opensChat'> => ({
  ...(keyId !== null && { keyId }),
  ...(opensChat && { opensChat }),
});

/**
 * Before everything that came by itself, and among what was asked for in the order of its time. WhatsApp's clock counts in seconds: of the messages
 * of one second, the newest was recorded first.
 */
const historyPosition = (sentAt: string, position: number): number =>
  Date.parse(sentAt) / 1000 - afterAllTimesSeconds - (position % fractions) / fractions;

const afterAllTimesSeconds = 10_000_000_000;
/** What a number of that size can tell apart within a second. */
const fractions = 2 ** 19;

const viewOfReceived = (data: MessageEventData<'MessageReceived'>): MessageView => ({
  id: data.messageId,
  userId: data.userId,
  sessionId: data.sessionId,
  ...(data.fromMe
    ? { direction: 'outgoing', via: 'phone', status: 'sent', from: data.account, to: shownChatOf(data.chat) }
    : {
        direction: 'incoming',
        via: 'whatsapp',
        status: 'received',
        from: shownPersonOf(data.sender, data.chat),
        to: isOfPerson(data.chat) ? data.account : shownChatOf(data.chat),
      }),
  type: data.content.type,
  chatId: data.chatId,
  account: data.account,
  chat: data.chat,
  sender: data.sender,
  ...(data.participant !== null && { participant: data.participant }),
  ...(data.pushName !== null && { pushName: data.pushName }),
  ...searchedText(data.content),
  content: withMentions(data.content, shown(data)),
  ...fileStateOf(data.content),
  whatsappId: data.whatsappId,
  ...(data.replyTo !== null && { replyTo: data.replyTo }),
  ...(data.replyToWhatsappId !== null && { replyToWhatsappId: data.replyToWhatsappId }),
  ...(data.referral !== null && { referral: data.referral }),
  ...(data.forwarded && { forwarded: true }),
  ...(data.history && { history: true }),
  createdAt: data.receivedAt,
  sentAt: data.sentAt,
});

const shownChatOf = (chat: string): string => (isStatus(chat) ? 'status' : shownAddressOf(chat));

/** WhatsApp names people by their jids. */
const shown = ({ mentions, mentionAll }: Mentioned): Mentions => ({
  mentions: mentions.map(shownAddressOf),
  ...(mentionAll && { mentionAll }),
});
type Mentioned = Pick<MessageEventData<'MessageEdited'>, 'mentions' | 'mentionAll'>;

const fileStateOf = (content: ReceivedContent): Pick<MessageView, 'fileState'> =>
  hasFile(content) ? { fileState: 'pending' } : {};

const searchedText = (content: OutgoingContent | ReceivedContent): Pick<MessageView, 'text'> => {
  const text = wordsOf(content);
  return text === null ? {} : { text };
};
