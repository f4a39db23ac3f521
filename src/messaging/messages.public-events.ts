import { z } from 'zod';
import { always, asInView, publicResource } from '../platform/public-events/public-resource.js';
import { withoutExpiredContent } from './expiry.js';
import { present } from './http/present.js';
import { Message } from './http/messages.schemas.js';
import { HoldReason } from './hold-reason.contract.js';
import { messageEvents, type MessageEvent } from './message.contract.js';
import { mediaIdOf } from './message-media.rules.js';
import { messageDocuments, type MessageDocument } from './messages.projection.js';

const Person = z.object({ phoneNumber: z.string().nullable(), lid: z.string().nullable() });

/** What users are told of messages, in both directions. */
export const messagePublicEvents = publicResource<MessageEvent, MessageDocument>({
  stream: messageEvents,
  evolve: asInView(messageDocuments),
  // The phone was asked for it: neither it nor what becomes of it is news.
  isTold: ({ history }) => history !== true,
  present,
  stillShown: withoutExpiredContent,
  schema: Message,
  chatOf: ({ chatId, chat }) => ({ id: chatId, chat }),
  mediaIdOf,
  types: {
    'message.queued': {
      description: 'It was accepted, or its time has come: it is sent next.',
      on: { MessageQueued: always },
    },
    'message.held': {
      description: 'It waits, for longer than sending takes: `hold` says why, and `until` when where that is known.',
      more: { hold: z.object({ reason: HoldReason, detail: z.string(), until: z.iso.datetime().optional() }) },
      on: {
        MessageHeld: ({ data: { why, detail, until } }) => ({
          hold: { reason: why, detail, ...(until !== undefined && { until }) },
        }),
      },
    },
    'message.sent': {
      description: 'WhatsApp’s server has it; or the account’s owner sent it from the phone or another device.',
      on: {
        MessageSent: always,
        MessageReceived: ({ data }) => (data.fromMe ? {} : undefined),
      },
    },
    'message.delivered': { description: 'It is on a device of its recipient.', on: { MessageDelivered: always } },
    'message.read': { description: 'Its recipient has read it.', on: { MessageRead: always } },
    'message.played': { description: 'Its recipient has played it.', on: { MessagePlayed: always } },
    'message.failed': { description: 'It was not sent: `error` says why.', on: { MessageFailed: always } },
    'message.canceled': { description: 'It was canceled before it was sent.', on: { MessageCanceled: always } },
    'message.received': {
      description:
        'Somebody wrote to the account, or in one of its groups. Nothing is told of older messages that the phone was asked for, nor of what becomes of them.',
      on: { MessageReceived: ({ data }) => (data.fromMe ? undefined : {}) },
    },
    'message.updated': {
      description:
        'More is known of it: its file is there or cannot be had, it can be read now, it was marked as read here, or the preview of its link was made.',
      on: {
        MessageRecovered: always,
        MessageFileFetched: always,
        MessageFileUnavailable: always,
        MessageMarked: always,
        LinkPreviewFetched: always,
      },
    },
    'message.edited': { description: 'Its author has changed what it says.', on: { MessageEdited: always } },
    'message.revoked': { description: 'Its author has deleted it for everyone.', on: { MessageRevoked: always } },
    'message.reaction': {
      description: 'Somebody reacted to it, or took their reaction back (`emoji` is then empty).',
      more: {
        reaction: z.object({
          messageId: z.uuid(),
          emoji: z.string(),
          from: z.string().describe('A phone number (E.164) where one is known, else an address.'),
        }),
      },
      on: {
        // One from before the message expired is told no more, as its timeline tells it no more.
        ReactionReceived: ({ data: { messageId, emoji, from }, recordedAt }, { expiredAt }) =>
          expiredAt !== undefined && recordedAt < expiredAt
            ? undefined
            : { reaction: { messageId, emoji: emoji ?? '', from } },
      },
    },
    'poll.vote': {
      description: 'Somebody voted in this poll, or withdrew their vote (`options` is then empty).',
      more: { vote: z.object({ voter: Person, options: z.array(z.string()) }) },
      on: {
        // The options are what the poll said, which is gone where it has expired.
        PollVoted: ({ data: { voter, options } }, { expiredAt }) =>
          expiredAt === undefined ? { vote: { voter, options: [...options] } } : undefined,
      },
    },
  },
});
