import { z } from 'zod';
import { event, eventTypes, type Command, type EventOf, type OfType, type Upcaster } from '#lib/event-sourcing';
import { EditedContent, OutgoingContent, ReceivedContent, type RequestedContent } from './content.contract.js';
import { HoldReason } from './hold-reason.contract.js';
import { Change, Referral, SealedChange } from './incoming.contract.js';
import { LinkPreview } from './link-preview.contract.js';
import type { MessageView } from './message-view.contract.js';
import { MessageOnItsWay, MessageOwner } from './message-owner.contract.js';
import { MessagePerson } from './message-person.contract.js';
import { Quoted } from './quoted.contract.js';
import { FileTrouble, ReceivedFile } from './received-file.contract.js';
import { personalOfChange, RequestedChange, RequestedEdit } from './requested-change.contract.js';
import { Upload } from './upload.contract.js';

const time = z.iso.datetime();
/** When it happened by WhatsApp's clock, which counts in seconds; null where that is the same second, or WhatsApp did not say. */
const whatsappAt = time.nullable();

/**
 * When a message was accepted that does not count any more for the quota of that day, because it certainly never left. Null: it counts, also
 * where something shows later that it did leave.
 */
const givesBack = time.nullable();
const gaveNothingBack: Upcaster = (data) => ({ ...data, givesBack: null });

/** The message that a received one answers: WhatsApp's id of it, and ours where it was on record by then. */
const reply = { replyToWhatsappId: z.string().nullable(), replyTo: z.uuid().nullable() };
const answersUnknown: Upcaster = (data) => ({ ...data, replyTo: null });
/** Who a received message is of and to. */
const sides = ['account', 'chat', 'whatsappChat', 'sender', 'participant', 'pushName'] as const;

/** The phone number (E.164) of the account that a message leaves from, or came to: a session can be linked to another one later. */
const account = z.string();

/** A message that was accepted for sending. */
const AcceptedMessage = MessageOwner.extend({
  account,
  /** The jid of the person or group, or of the status. */
  chat: z.string(),
  /** A phone number (E.164) where one is known, else a jid, or `status`. */
  to: z.string(),
  /** Of a status post: the jids of the people who get it. */
  recipients: z.array(z.string()).readonly().exactOptional(),
  /** Chosen at acceptance, so that every attempt carries the same id. */
  whatsappId: z.string(),
  content: OutgoingContent,
  replyTo: Quoted.nullable(),
  /** Its recipient sees that it was not written for them. */
  forwarded: z.boolean(),
  reference: z.string().nullable(),
  /** The API key that it was accepted with; null where nobody asked with one. */
  keyId: z.uuid().nullable(),
  /** It was the first one in the chat of a person, where the user's limit of such people counts them. */
  opensChat: z.literal(true).exactOptional(),
  acceptedAt: time,
});
export type AcceptedMessage = Readonly<z.output<typeof AcceptedMessage>>;
const personal = { subject: 'chatId', fields: ['account', 'chat', 'to', 'recipients', 'content', 'replyTo'] } as const;

export const messageEvents = eventTypes('message', {
  MessageScheduled: event(AcceptedMessage.extend({ scheduledAt: time }), { personal }),
  MessageQueued: event(AcceptedMessage.extend({ queuedAt: time }), { personal }),
  /** `mayHaveLeft`: an attempt at it may have succeeded. `until`: for how long, where that is known. */
  MessageHeld: event(
    MessageOwner.extend({
      why: HoldReason,
      detail: z.string(),
      until: time.exactOptional(),
      isEstimate: z.literal(true).exactOptional(),
      mayHaveLeft: z.boolean(),
      heldAt: time,
    }),
  ),
  /**
   * Recorded before the first byte of it can leave: from here on it may be on a phone, unless `MessageHeld` takes that back. `newContact`: it is the
   * first one to a person who never wrote. `leftOut`: the jids of recipients of a status post who are not on WhatsApp, with those
   * whom earlier attempts left out.
   */
  MessageAttempted: event(
    MessageOwner.extend({
      newContact: z.literal(true).exactOptional(),
      leftOut: z.array(z.string()).readonly().exactOptional(),
      attemptedAt: time,
    }),
    { personal: { subject: 'chatId', fields: ['leftOut'] } },
  ),
  /** WhatsApp has the file that it consists of. With `upload`, the message can be built, and built again. */
  MediaUploaded: event(MessageOwner.extend({ upload: Upload, recordedAt: time }), {
    personal: { subject: 'chatId', fields: ['upload'] },
  }),
  /** The preview of the link in it was made: each attempt sends it with that one. */
  LinkPreviewFetched: event(MessageOwner.extend({ preview: LinkPreview, recordedAt: time }), {
    personal: { subject: 'chatId', fields: ['preview'] },
  }),
  /** The preview that was asked for cannot be had: it is sent without. */
  LinkPreviewUnavailable: event(MessageOwner.extend({ reason: z.string(), recordedAt: time })),
  // Each at the time at which it became known here.
  MessageSent: event(MessageOnItsWay.extend({ sentAt: time, whatsappAt })),
  MessageDelivered: event(MessageOnItsWay.extend({ deliveredAt: time, whatsappAt })),
  MessageRead: event(MessageOnItsWay.extend({ readAt: time, whatsappAt })),
  MessagePlayed: event(MessageOnItsWay.extend({ playedAt: time, whatsappAt })),
  MessageFailed: event(
    MessageOnItsWay.extend({ code: z.string(), reason: z.string(), retryable: z.boolean(), givesBack, failedAt: time }),
    { upcasters: [gaveNothingBack] },
  ),
  MessageCanceled: event(MessageOnItsWay.extend({ givesBack, canceledAt: time }), { upcasters: [gaveNothingBack] }),
  MessageReceived: event(
    MessageOwner.extend({
      account,
      /** The jid of the person or group. */
      chat: z.string(),
      whatsappId: z.string(),
      /** The jid that WhatsApp used for the chat this time: receipts name it. */
      whatsappChat: z.string(),
      /** True where the account's owner wrote it, on the phone or another device. */
      fromMe: z.boolean(),
      sender: MessagePerson,
      /** The jid of the author, where the chat is a group. */
      participant: z.string().nullable(),
      pushName: z.string().nullable(),
      content: ReceivedContent,
      ...reply,
      mentions: z.array(z.string()).readonly(),
      referral: Referral.nullable(),
      forwarded: z.boolean(),
      /** The phone was asked for older messages, and sent this one. */
      history: z.boolean(),
      /** What later edits of it, and votes, are encrypted under; encrypted itself. */
      sealedSecret: z.string().nullable(),
      /** By WhatsApp's clock. */
      sentAt: time,
      receivedAt: time,
    }),
    {
      upcasters: [answersUnknown],
      personal: { subject: 'chatId', fields: [...sides, 'content', 'mentions', 'referral'] },
    },
  ),
  /** It was received as unreadable, and now it can be read. What it says is what its edits that came before say. */
  MessageRecovered: event(
    MessageOwner.extend({
      content: ReceivedContent,
      ...reply,
      mentions: z.array(z.string()).readonly(),
      referral: Referral.nullable(),
      forwarded: z.boolean(),
      sealedSecret: z.string().nullable(),
      recoveredAt: time,
    }),
    { upcasters: [answersUnknown], personal: { subject: 'chatId', fields: ['content', 'mentions', 'referral'] } },
  ),
  /** The file that came with it is in the library of media. `type`: of its content. */
  MessageFileFetched: event(MessageOwner.extend({ type: z.string(), file: ReceivedFile, fetchedAt: time }), {
    personal: { subject: 'chatId', fields: ['file'] },
  }),
  /** The file that came with it cannot be had. */
  MessageFileUnavailable: event(MessageOwner.extend({ trouble: FileTrouble, at: time })),
  /** A change arrived before the message (or what it says): it waits for that. */
  MessageChangeAwaited: event(MessageOwner.extend({ changeId: z.string(), change: Change, at: time }), {
    personal: { subject: 'chatId', fields: ['change'] },
  }),
  /** A change that is encrypted: opening it takes the secret of the message. */
  SealedChangeReceived: event(
    MessageOwner.extend({
      changeId: z.string(),
      change: SealedChange,
      /** Null: the message was sent from here, and its secret can be derived. */
      sealedSecret: z.string().nullable(),
      at: time,
    }),
    { personal: { subject: 'chatId', fields: ['change'] } },
  ),
  /** A received message was read or played. Its sender hears of it from here, unless it is `hidden`: by a setting, or as another device tells. */
  MessageMarked: event(
    MessageOwner.extend({
      as: z.enum(['read', 'played']),
      account,
      whatsappId: z.string(),
      whatsappChat: z.string(),
      participant: z.string().nullable(),
      hidden: z.boolean(),
      /** The phone sent it as an older message, which was never counted as unread. Events recorded before 2026-11-29 do not say so. */
      history: z.literal(true).exactOptional(),
      markedAt: time,
    }),
    { personal: { subject: 'chatId', fields: ['account', 'whatsappChat', 'participant'] } },
  ),
  /** WhatsApp was told that it is marked so. */
  MarkReported: event(MessageOwner.extend({ as: z.enum(['read', 'played']), reportedAt: time })),
  MessageEditRequested: event(RequestedEdit, {
    personal: { ...personalOfChange, fields: [...personalOfChange.fields, 'content'] },
  }),
  MessageRevocationRequested: event(RequestedChange, { personal: personalOfChange }),
  /** A change that was requested here did not come about. */
  MessageChangeFailed: event(
    MessageOwner.extend({
      changeId: z.string(),
      kind: z.enum(['edit', 'revocation']),
      code: z.string(),
      reason: z.string(),
      retryable: z.boolean(),
      failedAt: time,
    }),
  ),
  /** By its author, here or on a phone. `madeAt`: by the clock of their device, which says which of two edits is the later one. */
  MessageEdited: event(
    MessageOwner.extend({
      changeId: z.string(),
      content: EditedContent,
      mentions: z.array(z.string()).readonly(),
      mentionAll: z.literal(true).exactOptional(),
      madeAt: time.exactOptional(),
      editedAt: time,
    }),
    { personal: { subject: 'chatId', fields: ['content', 'mentions'] } },
  ),
  MessageRevoked: event(MessageOwner.extend({ changeId: z.string(), revokedAt: time })),
  /** `emoji` is null where the reaction is taken back. */
  ReactionReceived: event(
    MessageOwner.extend({ changeId: z.string(), from: z.string(), emoji: z.string().nullable(), reactedAt: time }),
    { personal: { subject: 'chatId', fields: ['from', 'emoji'] } },
  ),
  /** Somebody chose options of a poll, in place of those that they chose before; none: the vote is withdrawn. */
  PollVoted: event(
    MessageOwner.extend({
      changeId: z.string(),
      /** The voter's number in this poll, from 0: the same for each of their votes. */
      ballot: z.int(),
      voter: MessagePerson,
      options: z.array(z.string()).readonly(),
      /** By WhatsApp's clock, which counts in seconds. */
      votedAt: time,
      /** By the clock of the voter's device: says which of two votes within a second is the later one. */
      castAt: time.nullable(),
      recordedAt: time,
    }),
    { personal: { subject: 'chatId', fields: ['voter', 'options'] } },
  ),
});
export type MessageEvent = EventOf<typeof messageEvents>;
export type MessageEventData<Type extends MessageEvent['type']> = OfType<MessageEvent, Type>['data'];

/** What a user asks to be sent. */
export type MessageRequest = {
  /** A phone number, the jid of a person or group, or `status`. */
  readonly to: string;
  /** Who gets a status post: phone numbers, or jids of people. */
  readonly recipients?: readonly string[];
  readonly content: RequestedContent;
  /** May be left out where the user has one session. */
  readonly sessionId?: string;
  /** The id of the message that this one answers, in the same chat. */
  readonly replyTo?: string;
  /** Its recipient sees that it was not written for them. */
  readonly forwarded?: boolean;
  /** The user's own, kept with the message. */
  readonly reference?: string;
  /** ISO 8601. It counts for the daily quota of the day on which it is accepted. */
  readonly scheduledAt?: string;
};

/** What is left of a user's daily quota. `resetAfter` is in seconds. */
export type DailyAllowance = { readonly limit: number; readonly remaining: number; readonly resetAfter: number };

/**
 * Accepts a message: from then on it is sent, whatever crashes. The same `messageId` again is the same message, and is answered as it was
 * the first time. `at` (ISO 8601, by default now) is when it is accepted. `heldBytes` is how much the request keeps in memory until then, by default
 * that of a file that came in it.
 * @throws {DomainError} `invalid_recipient`, `session_not_found`, `session_not_linked`, `session_required`, `reply_to_not_found`,
 * `reply_to_not_sent`, `reply_to_revoked`, `reply_to_reaction`, `scheduled_in_the_past`, `scheduled_too_far_ahead`, `media_not_found`, `media_type_refused`, `media_too_large`,
 * `media_fetch_failed`, `url_not_allowed`, `converter_missing`, `conversion_timed_out`, `mention_all_needs_group`, `recipients_required`, `recipients_need_status`,
 * `not_for_status`, `style_needs_status`, `not_for_channel`
 * @throws {Limited} `daily_quota_exceeded`, `messages_per_minute_exceeded`, `daily_recipients_exceeded`; of a message with a file also `quota_reserved`
 */
export type SendMessage = Command<
  'SendMessage',
  MessageRequest & {
    readonly messageId: string;
    readonly userId: string;
    readonly at?: string;
    readonly heldBytes?: number;
  },
  { readonly message: MessageView; readonly allowance: DailyAllowance }
>;

/**
 * Cancels a message that certainly has not been sent. Of one user where `userId` is given: another user's is not found.
 * @throws {DomainError} `message_not_found`, `message_not_cancelable`
 */
export type CancelMessage = Command<
  'CancelMessage',
  { readonly messageId: string; readonly userId?: string; readonly at?: string }
>;
