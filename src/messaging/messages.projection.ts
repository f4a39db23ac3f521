import { projection } from '#lib/event-sourcing';
import { collection, patch, put } from '#lib/read-models';
import type { MessageType, OutgoingContent, ReceivedContent } from './content.contract.js';
import { messageEvents, type MessageEvent, type Quoted } from './message.contract.js';

export type MessageStatus =
  'scheduled' | 'queued' | 'sent' | 'delivered' | 'read' | 'played' | 'failed' | 'canceled' | 'received';

/** A message as it is seen. */
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
  readonly to: string | null;
  readonly from: string | null;
  /** Who wrote it, where the chat is a group. */
  readonly participant: string | null;
  readonly pushName: string | null;
  /** What is searched: the text, or the caption. */
  readonly text: string | null;
  readonly content: OutgoingContent | ReceivedContent;
  readonly whatsappId: string;
  readonly replyTo: string | null;
  readonly replyToWhatsappId: string | null;
  readonly reference: string | null;
  readonly error: { readonly code: string; readonly reason: string; readonly retryable: boolean } | null;
  readonly createdAt: string;
  readonly scheduledAt: string | null;
  readonly sentAt: string | null;
  readonly deliveredAt: string | null;
  readonly readAt: string | null;
  readonly playedAt: string | null;
  readonly failedAt: string | null;
  readonly canceledAt: string | null;
  readonly editedAt: string | null;
  readonly revokedAt: string | null;
  /** Where it was accepted or received in the log: lists are in this order. */
  readonly position: number;
  /** Where it was queued: messages leave in this order. */
  readonly queuedPosition: number | null;
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
      put(data.messageId, { ...ofOrder(data), position, scheduledAt: data.scheduledAt }),
    MessageQueued: ({ data, position, revision }) =>
      revision === 0
        ? put(data.messageId, { ...ofOrder(data), position, status: 'queued', queuedPosition: position })
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
      patch(messageId, { content, text: textOf(content), editedAt }),
    MessageRevoked: ({ data }) => patch(data.messageId, { revokedAt: data.revokedAt }),
  },
});

type DataOf<Type extends MessageEvent['type']> = Extract<MessageEvent, { readonly type: Type }>['data'];

type Ordered = Omit<DataOf<'MessageQueued'>, 'queuedAt'>;

const untouched = {
  participant: null,
  pushName: null,
  replyToWhatsappId: null,
  error: null,
  scheduledAt: null,
  sentAt: null,
  deliveredAt: null,
  readAt: null,
  playedAt: null,
  failedAt: null,
  canceledAt: null,
  editedAt: null,
  revokedAt: null,
  queuedPosition: null,
} as const;

/** What is known of a message of ours when it is accepted. */
export const ofOrder = (order: Ordered): Unplaced => ({
  ...untouched,
  id: order.messageId,
  userId: order.userId,
  sessionId: order.sessionId,
  direction: 'outgoing',
  via: 'api',
  status: 'scheduled',
  type: order.content.type,
  chatId: order.chatId,
  chat: order.chat,
  to: order.to,
  from: null,
  text: order.content.body,
  content: order.content,
  whatsappId: order.whatsappId,
  replyTo: idOf(order.replyTo),
  reference: order.reference,
  createdAt: order.acceptedAt,
});

const ofReceived = (data: DataOf<'MessageReceived'>): Unplaced => ({
  ...untouched,
  id: data.messageId,
  userId: data.userId,
  sessionId: data.sessionId,
  direction: data.fromMe ? 'outgoing' : 'incoming',
  via: data.fromMe ? 'phone' : 'whatsapp',
  status: data.fromMe ? 'sent' : 'received',
  type: data.content.type,
  chatId: data.chatId,
  chat: data.chat,
  to: data.fromMe ? data.chat : null,
  from: data.from,
  participant: data.participant,
  pushName: data.pushName,
  text: textOf(data.content),
  content: data.content,
  whatsappId: data.whatsappId,
  replyTo: null,
  replyToWhatsappId: data.replyToWhatsappId,
  reference: null,
  createdAt: data.receivedAt,
  sentAt: data.sentAt,
});

const idOf = (quoted: Quoted | null): string | null => quoted?.messageId ?? null;

const textOf = (content: ReceivedContent): string | null => {
  if (content.type === 'text') return content.body;
  return 'caption' in content ? content.caption : null;
};
