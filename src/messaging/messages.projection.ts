import { projection } from '#lib/event-sourcing';
import { collection, patch, put } from '#lib/read-models';
import { wordsOf, type MessageType, type OutgoingContent, type ReceivedContent } from './content/kinds.js';
import { messageEvents, type MessageEvent } from './message.contract.js';

export type MessageStatus =
  'scheduled' | 'queued' | 'sent' | 'delivered' | 'read' | 'played' | 'failed' | 'canceled' | 'received';

/** A message as it is seen. What it has not (yet) is left out: there are many of them. */
export type MessageView = {
  readonly id: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly direction: 'outgoing' | 'incoming';
  /** `phone`: the owner of the account wrote it there. */
  readonly via: 'api' | 'phone' | 'whatsapp';
  readonly status: MessageStatus;
  readonly type: MessageType;
  readonly chatId: string;
  /** The jid of the person or group. */
  readonly chat: string;
  readonly to?: string;
  readonly from?: string;
  /** Who wrote it, where the chat is a group. */
  readonly participant?: string;
  readonly pushName?: string;
  /** What is searched: the text, or the caption. */
  readonly text?: string | null;
  readonly content: OutgoingContent | ReceivedContent;
  readonly whatsappId: string;
  readonly replyTo?: string;
  readonly replyToWhatsappId?: string;
  readonly reference?: string;
  readonly error?: { readonly code: string; readonly reason: string; readonly retryable: boolean } | null;
  readonly createdAt: string;
  readonly scheduledAt?: string;
  readonly sentAt?: string;
  readonly deliveredAt?: string;
  readonly readAt?: string;
  readonly playedAt?: string;
  readonly failedAt?: string | null;
  readonly canceledAt?: string;
  readonly editedAt?: string;
  readonly revokedAt?: string;
  /** Where it was accepted or received in the log: lists are in this order. */
  readonly position: number;
  /** Where it was queued: messages leave in this order. */
  readonly queuedPosition?: number;
};

/** A message of which it is not known where it is in the log. */
export type Unplaced = Omit<MessageView, 'position'>;

/** Every message, of all users. */
export const messages = collection<MessageView>({
  name: 'messages',
  version: 1,
  indexes: [
    ['position'],
    ['userId', 'position'],
    ['userId', 'chat', 'position'],
    ['userId', 'createdAt'],
    ['sessionId', 'position'],
    ['sessionId', 'whatsappId'],
    ['status', 'queuedPosition'],
    ['status', 'scheduledAt'],
  ],
  search: ['text'],
});

export const messagesProjection = projection<MessageEvent, MessageView>({
  into: messages,
  from: [messageEvents],
  on: {
    MessageScheduled: ({ data, position }) =>
      put(data.messageId, { ...ofOrder(data, 'scheduled'), position, scheduledAt: data.scheduledAt }),
    MessageQueued: ({ data, position, revision }) =>
      revision === 0
        ? put(data.messageId, { ...ofOrder(data, 'queued'), position, queuedPosition: position })
        : patch(data.messageId, { status: 'queued', queuedPosition: position }),
    MessageSent: ({ data }) =>
      patch(data.messageId, { status: 'sent', sentAt: data.sentAt, error: null, failedAt: null }),
    MessageDelivered: ({ data }) => patch(data.messageId, { status: 'delivered', deliveredAt: data.deliveredAt }),
    MessageRead: ({ data }) => patch(data.messageId, { status: 'read', readAt: data.readAt }),
    MessagePlayed: ({ data }) => patch(data.messageId, { status: 'played', playedAt: data.playedAt }),
    MessageFailed: ({ data: { messageId, code, reason, retryable, failedAt } }) =>
      patch(messageId, { status: 'failed', failedAt, error: { code, reason, retryable } }),
    MessageCanceled: ({ data }) => patch(data.messageId, { status: 'canceled', canceledAt: data.canceledAt }),
    MessageReceived: ({ data, position }) => put(data.messageId, { ...ofReceived(data), position }),
    MessageEdited: ({ data: { messageId, content, editedAt } }) =>
      patch(messageId, { content, text: wordsOf(content), editedAt }),
    MessageRevoked: ({ data }) => patch(data.messageId, { revokedAt: data.revokedAt }),
  },
});

type DataOf<Type extends MessageEvent['type']> = Extract<MessageEvent, { readonly type: Type }>['data'];

type Ordered = Omit<DataOf<'MessageQueued'>, 'queuedAt'>;

/** What is known of a message of ours when it is accepted. */
export const ofOrder = (order: Ordered, status: 'scheduled' | 'queued'): Unplaced => ({
  id: order.messageId,
  userId: order.userId,
  sessionId: order.sessionId,
  direction: 'outgoing',
  via: 'api',
  status,
  type: order.content.type,
  chatId: order.chatId,
  chat: order.chat,
  to: order.to,
  ...searchedText(order.content),
  content: order.content,
  whatsappId: order.whatsappId,
  ...(order.replyTo && { replyTo: order.replyTo.messageId }),
  ...(order.reference !== null && { reference: order.reference }),
  createdAt: order.acceptedAt,
});

const ofReceived = (data: DataOf<'MessageReceived'>): Unplaced => ({
  id: data.messageId,
  userId: data.userId,
  sessionId: data.sessionId,
  ...(data.fromMe
    ? { direction: 'outgoing', via: 'phone', status: 'sent', to: data.chat }
    : { direction: 'incoming', via: 'whatsapp', status: 'received' }),
  type: data.content.type,
  chatId: data.chatId,
  chat: data.chat,
  from: data.from,
  ...(data.participant !== null && { participant: data.participant }),
  ...(data.pushName !== null && { pushName: data.pushName }),
  ...searchedText(data.content),
  content: data.content,
  whatsappId: data.whatsappId,
  ...(data.replyToWhatsappId !== null && { replyToWhatsappId: data.replyToWhatsappId }),
  createdAt: data.receivedAt,
  sentAt: data.sentAt,
});

const searchedText = (content: OutgoingContent | ReceivedContent): Pick<MessageView, 'text'> => {
  const text = wordsOf(content);
  return text === null ? {} : { text };
};
