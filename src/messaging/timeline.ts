import type { Recorded } from '#lib/event-sourcing';
import type { MessageEvent, MessageEventData } from './message.contract.js';

/** Something that happened to a message. */
export type TimelineEntry = {
  /** ISO 8601. */
  readonly at: string;
  /** What happened, as webhooks name it: `queued`, `held`, `sent`, … */
  readonly event: string;
  /** The same as a sentence for people. */
  readonly detail: string;
};

const entryOf: {
  readonly [Type in MessageEvent['type']]: (data: MessageEventData<Type>) => TimelineEntry;
} = {
  MessageScheduled: ({ acceptedAt, scheduledAt }) => ({
    at: acceptedAt,
    event: 'scheduled',
    detail: `Accepted. It will be queued at ${scheduledAt}.`,
  }),
  MessageQueued: ({ queuedAt, acceptedAt }) => ({
    at: queuedAt,
    event: 'queued',
    detail: queuedAt === acceptedAt ? 'Accepted and queued.' : 'Its scheduled time has come: queued.',
  }),
  MessageHeld: ({ heldAt, detail }) => ({ at: heldAt, event: 'held', detail }),
  MessageSent: ({ sentAt }) => ({ at: sentAt, event: 'sent', detail: 'WhatsApp’s server has it.' }),
  MessageDelivered: ({ deliveredAt }) => ({
    at: deliveredAt,
    event: 'delivered',
    detail: 'It has arrived on a device of the recipient.',
  }),
  MessageRead: ({ readAt }) => ({ at: readAt, event: 'read', detail: 'The recipient has seen it.' }),
  MessagePlayed: ({ playedAt }) => ({ at: playedAt, event: 'played', detail: 'The recipient has played it.' }),
  MessageFailed: ({ failedAt, reason }) => ({ at: failedAt, event: 'failed', detail: `It failed: ${reason}` }),
  MessageCanceled: ({ canceledAt }) => ({
    at: canceledAt,
    event: 'canceled',
    detail: 'It was canceled before it was sent.',
  }),
  MessageReceived: ({ receivedAt, fromMe }) => ({
    at: receivedAt,
    event: 'received',
    detail: fromMe ? 'The account’s owner sent it from another device.' : 'Received from WhatsApp.',
  }),
  MessageEdited: ({ editedAt }) => ({ at: editedAt, event: 'edited', detail: 'Its author edited it.' }),
  MessageRevoked: ({ revokedAt }) => ({ at: revokedAt, event: 'revoked', detail: 'It was deleted for everyone.' }),
  ReactionReceived: ({ reactedAt, from, emoji }) => ({
    at: reactedAt,
    event: 'reaction',
    detail: emoji === null ? `${from} removed a reaction.` : `${from} reacted with ${emoji}.`,
  }),
};

/** What happened to a message so far, in order. The last entry says why it is where it is. */
export const timelineOf = (events: readonly Recorded<MessageEvent>[]): readonly TimelineEntry[] =>
  events.map(({ type, data }) => (entryOf[type] as (data: unknown) => TimelineEntry)(data));
