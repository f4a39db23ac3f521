import { decider, DomainError } from '#lib/event-sourcing';
import type { OutgoingContent } from './content.contract.js';
import {
  messageEvents,
  type HoldReason,
  type MessageCommand,
  type MessageEvent,
  type Quoted,
} from './message.contract.js';
import { laterOf, progressEvents, type Step } from './progress.rules.js';

/** What is sent, and for whom. */
export type Order = {
  readonly messageId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly chatId: string;
  readonly chat: string;
  readonly to: string;
  readonly whatsappId: string;
  readonly content: OutgoingContent;
  readonly replyTo: Quoted | null;
  readonly reference: string | null;
  readonly acceptedAt: string;
};

type Known = {
  readonly userId: string;
  /** When the last thing happened to it: WhatsApp counts in seconds, so that its times may lie before ours. */
  readonly lastAt: string;
  /** The WhatsApp ids of the last edits and reactions: each is recorded once. */
  readonly changes: readonly string[];
};

export type Message =
  | { readonly status: 'none' }
  | (Known & { readonly status: 'scheduled'; readonly order: Order })
  | (Known & { readonly status: 'queued'; readonly order: Order; readonly held: readonly HoldReason[] })
  | (Known & { readonly status: Step })
  /** `isGuess`: nobody said that it failed, only nothing was heard of it. */
  | (Known & { readonly status: 'failed'; readonly isGuess: boolean })
  | (Known & { readonly status: 'canceled' | 'received' | 'revoked' });

/** Nothing was heard of a message, however often it was sent. */
export const unconfirmed = 'unconfirmed';
const rememberedChanges = 50;

export const messageDecider = decider<MessageCommand, MessageEvent, Message>({
  events: messageEvents,
  idOf: ({ data }) => data.messageId,
  initialState: { status: 'none' },

  decide: {
    SendMessage: ({ at, scheduledAt, ...order }, message) => {
      if (message.status !== 'none') return []; // the same request, delivered again
      const accepted = { ...order, acceptedAt: at };
      return scheduledAt === null
        ? [{ type: 'MessageQueued', data: { ...accepted, queuedAt: at } }]
        : [{ type: 'MessageScheduled', data: { ...accepted, scheduledAt } }];
    },
    QueueMessage: ({ at }, message) =>
      message.status === 'scheduled' ? [{ type: 'MessageQueued', data: { ...message.order, queuedAt: at } }] : [],
    HoldMessage: ({ messageId, why, detail, at }, message) => {
      if (message.status !== 'queued' || message.held.includes(why)) return [];
      return [{ type: 'MessageHeld', data: { messageId, why, detail, heldAt: at } }];
    },
    CancelMessage: ({ messageId, userId, at }, message) => {
      if (message.status === 'none' || message.userId !== userId) {
        throw new DomainError('not_found', 'message_not_found', 'There is no such message');
      }
      if (message.status === 'canceled') return [];
      if (message.status !== 'scheduled' && message.status !== 'queued') {
        throw new DomainError('conflict', 'message_not_cancelable', `The message is ${message.status} already`);
      }
      return [{ type: 'MessageCanceled', data: { messageId, canceledAt: at } }];
    },
    RecordMessageSent: ({ messageId, at }, message) => heardOf(messageId, 'sent', at, message),
    RecordMessageDelivered: ({ messageId, at }, message) => heardOf(messageId, 'delivered', at, message),
    RecordMessageRead: ({ messageId, at }, message) => heardOf(messageId, 'read', at, message),
    RecordMessagePlayed: ({ messageId, at }, message) => heardOf(messageId, 'played', at, message),
    RecordMessageFailed: ({ at, ...failure }, message) => {
      if (message.status !== 'scheduled' && message.status !== 'queued') return [];
      return [{ type: 'MessageFailed', data: { ...failure, failedAt: laterOf(at, message.lastAt) } }];
    },
    RecordMessageReceived: (data, message) => (message.status === 'none' ? [{ type: 'MessageReceived', data }] : []),
    RecordMessageEdited: ({ at, ...edit }, message) =>
      isNews(message, edit.changeId) ? [{ type: 'MessageEdited', data: { ...edit, editedAt: at } }] : [],
    RecordMessageRevoked: ({ at, ...revocation }, message) =>
      isNews(message, revocation.changeId) ? [{ type: 'MessageRevoked', data: { ...revocation, revokedAt: at } }] : [],
    RecordReaction: ({ at, ...reaction }, message) =>
      isNews(message, reaction.changeId) ? [{ type: 'ReactionReceived', data: { ...reaction, reactedAt: at } }] : [],
  },

  evolve: {
    MessageScheduled: (_none, { scheduledAt: _scheduledAt, ...order }) => ({
      ...begun(order.userId, order.acceptedAt),
      status: 'scheduled',
      order,
    }),
    MessageQueued: (_before, { queuedAt, ...order }) => ({
      ...begun(order.userId, queuedAt),
      status: 'queued',
      order,
      held: [],
    }),
    MessageHeld: (message, { why }) =>
      message.status === 'queued' ? { ...message, held: [...message.held, why] } : message,
    MessageSent: (message, { sentAt }) => moved(message, 'sent', sentAt),
    MessageDelivered: (message, { deliveredAt }) => moved(message, 'delivered', deliveredAt),
    MessageRead: (message, { readAt }) => moved(message, 'read', readAt),
    MessagePlayed: (message, { playedAt }) => moved(message, 'played', playedAt),
    MessageFailed: (message, { code, failedAt }) =>
      message.status === 'none'
        ? message
        : { ...knownOf(message), status: 'failed', isGuess: code === unconfirmed, lastAt: failedAt },
    MessageCanceled: (message, { canceledAt }) => moved(message, 'canceled', canceledAt),
    MessageReceived: (_none, { userId, receivedAt }) => ({ ...begun(userId, receivedAt), status: 'received' }),
    MessageEdited: (message, { changeId }) => changed(message, changeId),
    MessageRevoked: (message, { changeId }) => {
      const { status } = message;
      return changed(status === 'received' ? { ...message, status: 'revoked' } : message, changeId);
    },
    ReactionReceived: (message, { changeId }) => changed(message, changeId),
  },
});

/** A message that was heard of has at least come so far, whatever is missing in between; it never goes back. */
const heardOf = (messageId: string, step: Step, at: string, message: Message): readonly MessageEvent[] => {
  switch (message.status) {
    case 'none':
    case 'scheduled':
    case 'canceled':
    case 'received':
    case 'revoked':
      return [];
    case 'failed':
      return message.isGuess ? progressEvents(messageId, null, step, laterOf(at, message.lastAt)) : [];
    case 'queued':
      return progressEvents(messageId, null, step, laterOf(at, message.lastAt));
    default:
      return progressEvents(messageId, message.status, step, laterOf(at, message.lastAt));
  }
};

const begun = (userId: string, lastAt: string): Known => ({ userId, lastAt, changes: [] });

const knownOf = ({ userId, lastAt, changes }: Known): Known => ({ userId, lastAt, changes });

const moved = (message: Message, status: Step | 'canceled', lastAt: string): Message =>
  message.status === 'none' ? message : { ...knownOf(message), status, lastAt };

const changed = (message: Message, changeId: string): Message =>
  message.status === 'none'
    ? message
    : { ...message, changes: [...message.changes, changeId].slice(-rememberedChanges) };

const isNews = (message: Message, changeId: string): boolean =>
  message.status !== 'none' && message.status !== 'revoked' && !message.changes.includes(changeId);
