import { z } from 'zod';
import { event, eventTypes, type Command, type EventOf } from '#lib/event-sourcing';
import { OutgoingContent, ReceivedContent } from './content.contract.js';

const time = z.iso.datetime();
const messageId = z.uuid();

/** The message that another one answers, as WhatsApp wants it named. */
const Quoted = z.object({
  messageId,
  whatsappId: z.string(),
  chat: z.string(),
  fromMe: z.boolean(),
  participant: z.string().nullable(),
  text: z.string(),
});
export type Quoted = Readonly<z.output<typeof Quoted>>;

/** Why a message waits longer than it takes to send it. */
const HoldReason = z.enum(['session_offline', 'pacing', 'whatsapp_busy', 'unconfirmed']);
export type HoldReason = z.output<typeof HoldReason>;

/** A message of ours, from the day it was accepted on. */
const accepted = {
  messageId,
  userId: z.uuid(),
  sessionId: z.uuid(),
  /** The chat within the session: also the subject whose key seals what is personal here. */
  chatId: z.uuid(),
  /** The jid of the person or group. */
  chat: z.string(),
  /** As the sender gave it: a phone number (E.164), or a jid. */
  to: z.string(),
  /** Fixed here, so that every attempt carries the same. */
  whatsappId: z.string(),
  content: OutgoingContent,
  replyTo: Quoted.nullable(),
  reference: z.string().nullable(),
  acceptedAt: time,
};
const personal = { subject: 'chatId', fields: ['chat', 'to', 'content', 'replyTo'] } as const;

export const messageEvents = eventTypes('message', {
  MessageScheduled: event(z.object({ ...accepted, scheduledAt: time }), { personal }),
  MessageQueued: event(z.object({ ...accepted, queuedAt: time }), { personal }),
  MessageHeld: event(z.object({ messageId, why: HoldReason, detail: z.string(), heldAt: time })),
  MessageSent: event(z.object({ messageId, sentAt: time })),
  MessageDelivered: event(z.object({ messageId, deliveredAt: time })),
  MessageRead: event(z.object({ messageId, readAt: time })),
  MessagePlayed: event(z.object({ messageId, playedAt: time })),
  MessageFailed: event(
    z.object({ messageId, code: z.string(), reason: z.string(), retryable: z.boolean(), failedAt: time }),
  ),
  MessageCanceled: event(z.object({ messageId, canceledAt: time })),
  MessageReceived: event(
    z.object({
      messageId,
      userId: z.uuid(),
      sessionId: z.uuid(),
      chatId: z.uuid(),
      chat: z.string(),
      whatsappId: z.string(),
      /** True where the account's owner wrote it, on the phone or another device. */
      fromMe: z.boolean(),
      /** Phone number (E.164), or LID where WhatsApp hides the number. */
      from: z.string(),
      /** The jid of who wrote it, where the chat is a group. */
      participant: z.string().nullable(),
      pushName: z.string().nullable(),
      content: ReceivedContent,
      replyToWhatsappId: z.string().nullable(),
      mentions: z.array(z.string()).readonly(),
      /** By WhatsApp's clock. */
      sentAt: time,
      receivedAt: time,
    }),
    { personal: { subject: 'chatId', fields: ['chat', 'from', 'participant', 'pushName', 'content', 'mentions'] } },
  ),
  MessageEdited: event(
    z.object({ messageId, chatId: z.uuid(), changeId: z.string(), content: ReceivedContent, editedAt: time }),
    { personal: { subject: 'chatId', fields: ['content'] } },
  ),
  MessageRevoked: event(z.object({ messageId, changeId: z.string(), revokedAt: time })),
  /** `emoji` is null where the reaction is taken back. */
  ReactionReceived: event(
    z.object({
      messageId,
      chatId: z.uuid(),
      changeId: z.string(),
      from: z.string(),
      emoji: z.string().nullable(),
      reactedAt: time,
    }),
    { personal: { subject: 'chatId', fields: ['from', 'emoji'] } },
  ),
});
export type MessageEvent = EventOf<typeof messageEvents>;

type DataOf<Type extends MessageEvent['type']> = Extract<MessageEvent, { readonly type: Type }>['data'];
type For<Data = object> = Data & { readonly messageId: string; readonly at: string };

/** Takes a message: the same id again is the same message. `scheduledAt` null: as soon as it can go. */
export type SendMessage = Command<
  'SendMessage',
  For<Omit<DataOf<'MessageQueued'>, 'acceptedAt' | 'queuedAt'> & { readonly scheduledAt: string | null }>
>;
/** A scheduled message's time has come. */
export type QueueMessage = Command<'QueueMessage', For>;
/** Says in the record why the message waits; the same reason is recorded once. */
export type HoldMessage = Command<'HoldMessage', For<{ readonly why: HoldReason; readonly detail: string }>>;
/** Refused once the message has left. */
export type CancelMessage = Command<'CancelMessage', For<{ readonly userId: string }>>;
/** WhatsApp's server has it. Steps that were not heard of in between are recorded with a later one. */
export type RecordMessageSent = Command<'RecordMessageSent', For>;
export type RecordMessageDelivered = Command<'RecordMessageDelivered', For>;
export type RecordMessageRead = Command<'RecordMessageRead', For>;
export type RecordMessagePlayed = Command<'RecordMessagePlayed', For>;
export type RecordMessageFailed = Command<
  'RecordMessageFailed',
  For<{ readonly code: string; readonly reason: string; readonly retryable: boolean }>
>;
export type RecordMessageReceived = Command<'RecordMessageReceived', DataOf<'MessageReceived'>>;
export type RecordMessageEdited = Command<'RecordMessageEdited', Omit<DataOf<'MessageEdited'>, 'editedAt'> & For>;
export type RecordMessageRevoked = Command<'RecordMessageRevoked', Omit<DataOf<'MessageRevoked'>, 'revokedAt'> & For>;
export type RecordReaction = Command<'RecordReaction', Omit<DataOf<'ReactionReceived'>, 'reactedAt'> & For>;

export type MessageCommand =
  | SendMessage
  | QueueMessage
  | HoldMessage
  | CancelMessage
  | RecordMessageSent
  | RecordMessageDelivered
  | RecordMessageRead
  | RecordMessagePlayed
  | RecordMessageFailed
  | RecordMessageReceived
  | RecordMessageEdited
  | RecordMessageRevoked
  | RecordReaction;

/** Puts a queued message into its session's outbox. Returns before it is sent; repeated, it changes nothing. */
export type DeliverMessage = Command<
  'DeliverMessage',
  { readonly sessionId: string; readonly chatId: string; readonly messageId: string }
>;
/** Sees to it that a scheduled message is queued at its time. */
export type AwaitSchedule = Command<'AwaitSchedule', { readonly scheduledAt: string }>;
/** Ends the messages of a session that is gone and that never left. */
export type AbandonMessages = Command<'AbandonMessages', { readonly sessionId: string; readonly at: string }>;
