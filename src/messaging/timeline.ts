import type { Recorded } from '#lib/event-sourcing';
import type { MessageEvent } from './message.contract.js';

/** A step of a message's way. */
export type Step = {
  /** ISO 8601. */
  readonly at: string;
  /** What happened, as webhooks name it: `queued`, `held`, `sent`, … */
  readonly event: string;
  /** The same in words. */
  readonly detail: string;
};

type Words = {
  readonly [T in MessageEvent['type']]: (data: Extract<MessageEvent, { readonly type: T }>['data']) => Step;
};

const words: Words = {
  MessageScheduled: ({ acceptedAt, scheduledAt }) => ({
    at: acceptedAt,
    event: 'scheduled',
    detail: `Accepted. It is put in line at ${scheduledAt}.`,
  }),
  MessageQueued: ({ queuedAt, acceptedAt }) => ({
    at: queuedAt,
    event: 'queued',
    detail: queuedAt === acceptedAt ? 'Accepted, and in line to be sent.' : 'Its time has come: in line to be sent.',
  }),
  MessageHeld: ({ heldAt, detail }) => ({ at: heldAt, event: 'held', detail }),
  MessageSent: ({ sentAt }) => ({ at: sentAt, event: 'sent', detail: 'WhatsApp’s server has it.' }),
  MessageDelivered: ({ deliveredAt }) => ({
    at: deliveredAt,
    event: 'delivered',
    detail: 'It is on a device of the recipient.',
  }),
  MessageRead: ({ readAt }) => ({ at: readAt, event: 'read', detail: 'The recipient has seen it.' }),
  MessagePlayed: ({ playedAt }) => ({ at: playedAt, event: 'played', detail: 'The recipient has played it.' }),
  MessageFailed: ({ failedAt, reason }) => ({ at: failedAt, event: 'failed', detail: `It was given up: ${reason}` }),
  MessageCanceled: ({ canceledAt }) => ({
    at: canceledAt,
    event: 'canceled',
    detail: 'It was canceled before it left.',
  }),
  MessageReceived: ({ receivedAt, fromMe }) => ({
    at: receivedAt,
    event: 'received',
    detail: fromMe ? 'The account’s owner sent it from another device.' : 'It came from WhatsApp.',
  }),
  MessageEdited: ({ editedAt }) => ({ at: editedAt, event: 'edited', detail: 'Its author changed what it says.' }),
  MessageRevoked: ({ revokedAt }) => ({ at: revokedAt, event: 'revoked', detail: 'It was deleted for everyone.' }),
  ReactionReceived: ({ reactedAt, from, emoji }) => ({
    at: reactedAt,
    event: 'reaction',
    detail: emoji === null ? `${from} took a reaction back.` : `${from} reacted with ${emoji}.`,
  }),
};

/** A message's way so far, in order. The last step says why it is where it is. */
export const timelineOf = (events: readonly Recorded<MessageEvent>[]): readonly Step[] =>
  events.map(({ type, data }) => (words[type] as (data: unknown) => Step)(data));
