import type { Query } from '#lib/event-sourcing';
import type { Page } from '#lib/read-models';
import type { MessageType, OutgoingContent, ReceivedContent } from './content.contract.js';
import type { LinkPreview } from './link-preview.contract.js';
import type { FileTrouble, MessageFile, ReceivedFile } from './received-file.contract.js';
import type { Referral } from './incoming.contract.js';

type MessageStatus =
  'scheduled' | 'queued' | 'sent' | 'delivered' | 'read' | 'played' | 'failed' | 'canceled' | 'received';

/** A message as queries answer it. What it does not have (yet) is left out. */
export type MessageView = {
  readonly id: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly direction: 'outgoing' | 'incoming';
  /** `phone`: the account's owner wrote it there. */
  readonly via: 'api' | 'phone' | 'whatsapp';
  readonly status: MessageStatus;
  readonly type: MessageType;
  readonly chatId: string;
  /** The phone number (E.164) of the account that it left from, or came to. */
  readonly account: string;
  /** The jid of the person or group, or of the status. */
  readonly chat: string;
  /** Who wrote it, and to whom: phone numbers (E.164) where they are known, else jids, or `status`. */
  readonly from: string;
  readonly to: string;
  /** Of a status post: who gets it, in the same form. */
  readonly recipients?: readonly string[];
  /** Those of them who are not on WhatsApp, so that they do not get it. */
  readonly leftOut?: readonly string[];
  /** `name`: what the account calls them, where queries answer it. */
  readonly sender: { readonly phoneNumber: string | null; readonly lid: string | null; readonly name?: string | null };
  /** The jid of the author, where the chat is a group. */
  readonly participant?: string;
  readonly pushName?: string;
  /** What is searched: the text, or the caption. */
  readonly text?: string | null;
  readonly content: OutgoingContent | ReceivedContent;
  /** How far the file is that came with it; of one that was sent, only that it is `unavailable`. */
  readonly fileState?: MessageFile['state'];
  /** Where it is `ready`. */
  readonly file?: ReceivedFile;
  /** Where it is `unavailable`. */
  readonly fileTrouble?: Pick<FileTrouble, 'reason'> | null;
  /** What it was sent with, of the page to which it links. */
  readonly linkPreview?: Omit<LinkPreview, 'thumbnail'> | null;
  readonly whatsappId: string;
  readonly replyTo?: string;
  readonly replyToWhatsappId?: string;
  /** What it says was passed on from another message. */
  readonly forwarded?: boolean;
  /** An older message that the phone was asked for. */
  readonly history?: true;
  readonly referral?: Referral;
  readonly reference?: string;
  readonly error?: { readonly code: string; readonly reason: string; readonly retryable: boolean } | null;
  readonly createdAt: string;
  readonly scheduledAt?: string;
  readonly sentAt?: string;
  readonly deliveredAt?: string;
  readonly readAt?: string;
  readonly playedAt?: string;
  readonly failedAt?: string | null;
  readonly canceledAt?: string | null;
  readonly editedAt?: string;
  readonly revokedAt?: string;
  /** Since when its content is gone, for its age: nothing of it is shown any more. */
  readonly expiredAt?: string;
  /** Of a poll: what those who voted have chosen. A field for each of them, so that a vote writes no other's. */
  readonly [ballot: `ballot${number}`]: Ballot | null;
};

/** What somebody has chosen in a poll: nothing, where they withdrew their vote. */
export type Ballot = {
  readonly voter: { readonly phoneNumber: string | null; readonly lid: string | null };
  readonly options: readonly string[];
};

/** Of one user where `userId` is given: another user's is not found. @throws {DomainError} `message_not_found` */
export type GetMessage = Query<'GetMessage', { readonly messageId: string; readonly userId?: string }, MessageView>;

/** `chat` is a phone number or jid; it finds all messages with that person. `chatId`: of those, the ones in that chat, which are with one account. `from` and `to` (ISO 8601) bound when messages were accepted or received: the first included, the last not. */
export type ListMessages = Query<
  'ListMessages',
  {
    readonly userId?: string;
    readonly sessionId?: string;
    readonly chat?: string;
    readonly chatId?: string;
    readonly direction?: MessageView['direction'];
    readonly status?: MessageStatus;
    readonly type?: MessageType;
    readonly reference?: string;
    readonly q?: string;
    readonly from?: string;
    readonly to?: string;
    readonly limit: number;
    readonly cursor?: string;
  },
  Page<MessageView>
>;
