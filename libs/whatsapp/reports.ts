import type { Person } from './addresses.js';
import type { ReceivedContent } from './content.js';
import type { Disconnect } from './disconnects.js';
import type { Refusal } from './refusals.js';

/** The account that a session is linked to. */
export type Account = {
  readonly phoneNumber: string;
  /** With the device that the session is, such as `491701234567:3@s.whatsapp.net`. */
  readonly jid: string;
  readonly lid: string | null;
  readonly pushName: string | null;
  /** Of the phone: `android`, `iphone`, `smba` (business), … */
  readonly platform: string | null;
};

/** Names a message within a session. */
export type MessageKey = {
  readonly whatsappId: string;
  /** The jid of the person or group. */
  readonly chat: string;
  readonly fromMe: boolean;
  /** Who wrote it, where the chat is a group. */
  readonly participant: string | null;
};

/** What every message from a chat has. */
export type Received = {
  readonly key: MessageKey;
  /** The other side, where the chat is a person. */
  readonly chat: Person;
  readonly sender: Person;
  readonly pushName: string | null;
  /** ISO 8601. */
  readonly sentAt: string;
  /** It waited at WhatsApp while the session was offline. */
  readonly wasWaiting: boolean;
};

export type ReceivedMessage = Received & {
  readonly content: ReceivedContent;
  /** The WhatsApp id of the message it answers. */
  readonly replyTo: string | null;
  /** Jids. */
  readonly mentions: readonly string[];
};

export type ReceiptStatus = 'sent' | 'delivered' | 'read' | 'played';

/**
 * How far messages of ours have come: `sent` is that WhatsApp's server has them, where `send` did not answer that already. May come
 * twice, and in any order.
 */
export type Receipt = {
  readonly whatsappIds: readonly string[];
  readonly status: ReceiptStatus;
  /** ISO 8601. */
  readonly at: string;
  /** The jid of the person or group that was written to; the LID where WhatsApp used that. */
  readonly chat: string;
  /** Whose receipt it is, where the chat is a group. */
  readonly participant: string | null;
};

/** A fact about a session's connection, or that came over it. All is plain JSON. */
export type Report =
  | { readonly kind: 'connecting' }
  /** Replaces the one before. */
  | { readonly kind: 'qr'; readonly qr: string; readonly expiresAt: string }
  | { readonly kind: 'pairing_code'; readonly code: string; readonly expiresAt: string }
  /** Linked just now. `open` follows, without anybody doing anything. */
  | { readonly kind: 'paired'; readonly account: Account }
  | { readonly kind: 'open'; readonly account: Account }
  /** The account's name became known, or is another one now. */
  | { readonly kind: 'renamed'; readonly account: Account }
  /** The end of this connection. Nothing more comes until the session is started again. */
  | { readonly kind: 'closed'; readonly disconnect: Disconnect }
  | { readonly kind: 'message'; readonly message: ReceivedMessage }
  | {
      readonly kind: 'edited';
      readonly message: Received;
      readonly whatsappId: string;
      readonly content: ReceivedContent;
    }
  | { readonly kind: 'revoked'; readonly message: Received; readonly whatsappId: string }
  /** `emoji` is null where the reaction is taken back. */
  | {
      readonly kind: 'reaction';
      readonly message: Received;
      readonly whatsappId: string;
      readonly emoji: string | null;
    }
  | { readonly kind: 'receipt'; readonly receipt: Receipt }
  /** WhatsApp refused a message of ours after `send` gave up waiting. */
  | { readonly kind: 'refused'; readonly whatsappId: string; readonly refusal: Refusal };
