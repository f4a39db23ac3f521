import type { ChatMark } from './accounts.js';
import type { Person, PhoneNumber } from './addresses.js';
import type { ReceivedContent } from './content.js';
import type { Disconnect } from './disconnects.js';
import type { Group } from './groups.js';
import type { SendRefusal } from './send-refusals.js';

/** The account that a session is linked to. */
export type Account = {
  readonly phoneNumber: string;
  /** With the device number of the session, such as `491701234567:3@s.whatsapp.net`. */
  readonly jid: string;
  readonly lid: string | null;
  readonly pushName: string | null;
  /** Of the phone: `android`, `iphone`, `smba` (business), … */
  readonly platform: string | null;
};

/** Identifies a message within a session. */
export type MessageKey = {
  readonly whatsappId: string;
  /** The jid of the person or group. */
  readonly chat: string;
  readonly fromMe: boolean;
  /** Who wrote it, where the chat is a group. */
  readonly participant: string | null;
};

/** What all messages from a chat have in common. */
export type Received = {
  readonly key: MessageKey;
  /** The phone number of the account that it came to. */
  readonly account: PhoneNumber;
  /** The other person, or the group. */
  readonly chat: Person;
  readonly sender: Person;
  /** What the sender calls themselves. */
  readonly pushName: string | null;
  /** What WhatsApp has verified that the sender is called, where it is a business. */
  readonly verifiedName: string | null;
  /** ISO 8601. */
  readonly sentAt: string;
  /** WhatsApp kept it while the session was offline. */
  readonly wasWaiting: boolean;
};

/** What a person is called. What is left out is as it was. */
export type ContactNames = {
  /** In the address book of the account's owner; null where it has no name. */
  readonly savedName?: string | null;
  readonly pushName?: string | null;
  readonly verifiedName?: string | null;
};

export type Presence = {
  /** `online`: they have WhatsApp open. */
  readonly state: 'online' | 'offline' | 'typing' | 'recording';
  /** ISO 8601: when they were last online, where they show it. */
  readonly lastSeenAt: string | null;
};

/** The ad through which somebody wrote. */
export type Referral = {
  /** What it is: `ad`, `post`, … */
  readonly sourceType: string | null;
  readonly sourceId: string | null;
  readonly sourceUrl: string | null;
  readonly headline: string | null;
  readonly body: string | null;
  /** The id of the click on a click-to-WhatsApp ad. */
  readonly ctwaClid: string | null;
};

/** What a message says after an edit. `mentions` are jids. */
export type EditedContent = {
  readonly content: ReceivedContent;
  readonly mentions: readonly string[];
  /** ISO 8601, by the clock of the author's device: says which of two edits is the later one. Absent where it does not say. */
  readonly madeAt?: string;
};

/** A change that is encrypted under the secret of the message that it is about: see `openEdit` and `openVote`. In base64. */
export type Sealed = { readonly payload: string; readonly iv: string };

export type ReceivedMessage = Received & {
  /** The phone sent it because it was asked for older messages. */
  readonly history?: true;
  readonly content: ReceivedContent;
  /** The WhatsApp id of the message it answers. */
  readonly replyTo: string | null;
  /** Jids. */
  readonly mentions: readonly string[];
  readonly referral: Referral | null;
  /** Its sender passed on what somebody else wrote. */
  readonly forwarded: boolean;
  /** What later edits of the message, and votes on it, are encrypted under. It is encrypted itself: only `openEdit` and `openVote` can use it. */
  readonly sealedSecret: string | null;
};

export type ReceiptStatus = 'sent' | 'delivered' | 'read' | 'played';

/**
 * The progress of messages that were sent from here. `sent` means that WhatsApp's server has them, and is reported where `send` did not
 * resolve with it. May come twice, and in any order.
 */
export type Receipt = {
  readonly whatsappIds: readonly string[];
  readonly status: ReceiptStatus;
  /** ISO 8601. */
  readonly at: string;
  /** The jid of the recipient, a person or group; a LID where WhatsApp used that. */
  readonly chat: string;
  /** The jid of the member whose receipt it is, where the chat is a group. */
  readonly participant: string | null;
};

/** A call to the account. */
type Call = {
  readonly whatsappId: string;
  /** The phone number of the account. */
  readonly account: PhoneNumber;
  readonly caller: Person;
  /** ISO 8601. */
  readonly at: string;
};

/** Why a call does not ring any more: on the phone it was rejected or accepted, nobody did for too long, or anything else. */
export type CallOutcome = 'rejected' | 'accepted' | 'missed' | 'ended';

/** `time_lock`: the account must not start new chats. `new_chat_cap`: it has started as many as it may for now. */
export type RestrictionKind = 'time_lock' | 'new_chat_cap';

export type Restriction = {
  readonly kind: RestrictionKind;
  readonly isActive: boolean;
  /** When it ends: ISO 8601; null where WhatsApp does not say. */
  readonly until: string | null;
  /** A sentence. */
  readonly detail: string;
};

/** Something that happened to a session's connection, or that arrived over it. Plain JSON. */
export type Report =
  | { readonly kind: 'connecting' }
  /** Replaces the previous QR. */
  | { readonly kind: 'qr'; readonly qr: string; readonly expiresAt: string }
  | { readonly kind: 'pairing_code'; readonly code: string; readonly expiresAt: string }
  /** The session was linked. `open` follows by itself. */
  | { readonly kind: 'paired'; readonly account: Account }
  | { readonly kind: 'open'; readonly account: Account }
  /** The account's name became known, or changed. */
  | { readonly kind: 'renamed'; readonly account: Account }
  /** The connection ended. Nothing more is reported until the session is started again. */
  | { readonly kind: 'closed'; readonly disconnect: Disconnect }
  | { readonly kind: 'message'; readonly message: ReceivedMessage }
  | ({
      readonly kind: 'edited';
      readonly message: Received;
      readonly whatsappId: string;
    } & EditedContent)
  | {
      readonly kind: 'sealed_edit';
      readonly message: Received;
      readonly whatsappId: string;
      readonly edit: Sealed;
    }
  /** Somebody chose options of a poll, or none any more. `author` wrote the poll; null: the account itself, whose addresses `pollAuthor` has. */
  | {
      readonly kind: 'sealed_vote';
      readonly message: Received;
      readonly whatsappId: string;
      readonly author: Person | null;
      readonly pollAuthor: Person;
      readonly vote: Sealed;
      /** ISO 8601, by the clock of the voter's device, which tells apart what it did within a second; null where it does not say. */
      readonly castAt: string | null;
    }
  /** `author` wrote what is revoked: the one who revokes it, or another one, where that is an admin of the group. Null: the account itself. */
  | {
      readonly kind: 'revoked';
      readonly message: Received;
      readonly whatsappId: string;
      readonly author: Person | null;
    }
  /** `emoji` is null where the reaction was removed. `author` wrote what it is about; null: the account itself. */
  | {
      readonly kind: 'reaction';
      readonly message: Received;
      readonly whatsappId: string;
      readonly author: Person | null;
      readonly emoji: string | null;
    }
  /** `from` is the jid that a rejection names. */
  | {
      readonly kind: 'call_offered';
      readonly call: Call & { readonly from: string; readonly isVideo: boolean; readonly isGroup: boolean };
    }
  /** `reason`: in WhatsApp's words, where it says so. */
  | {
      readonly kind: 'call_ended';
      readonly call: Call & { readonly outcome: CallOutcome; readonly reason: string | null };
    }
  | { readonly kind: 'receipt'; readonly receipt: Receipt }
  /** All groups that the account is in, whenever a connection is open; `changed` are those that are not as they were last reported. */
  | {
      readonly kind: 'groups';
      readonly account: PhoneNumber;
      readonly jids: readonly string[];
      readonly changed: readonly Group[];
    }
  /** A group changed, or the account joined it; `group` is null where the account is not in it any more. `by` is null where nobody is named. */
  | {
      readonly kind: 'group';
      readonly account: PhoneNumber;
      readonly jid: string;
      readonly group: Group | null;
      readonly by: Person | null;
    }
  /** Somebody asks to join a group of which the account is an admin. */
  | {
      readonly kind: 'group_request';
      readonly account: PhoneNumber;
      readonly jid: string;
      readonly person: Person;
      /** ISO 8601, by WhatsApp's clock. */
      readonly at: string;
    }
  /** Those whom the account blocks: whenever a connection is open, and when a device of the account has changed it. */
  | { readonly kind: 'blocks'; readonly account: PhoneNumber; readonly blocked: readonly Person[] }
  /** What WhatsApp forbids the account, as far as one kind of that goes: whenever a connection is open, and when it changes. */
  | { readonly kind: 'restriction'; readonly restriction: Restriction }
  /** The names of people became known, or changed: many at once after the session was linked. */
  | {
      readonly kind: 'contacts';
      readonly account: PhoneNumber;
      readonly contacts: readonly (Person & ContactNames)[];
    }
  /** What somebody is doing, in a chat with this jid, that is watched. Not kept: it is true at that moment only. */
  | { readonly kind: 'presence'; readonly chat: Person; readonly person: Person; readonly presence: Presence }
  /** Another device of the account archived a chat, or marked it as read or unread. */
  | {
      readonly kind: 'chat_marked';
      readonly account: PhoneNumber;
      readonly chat: Person;
      readonly mark: ChatMark;
      /** ISO 8601: what was sent later was not there yet when the chat was read. Absent where the device does not say. */
      readonly upTo?: string;
    }
  /** Messages of a chat (a jid) were read, or played, on another device of the account. */
  | {
      readonly kind: 'read_elsewhere';
      readonly account: PhoneNumber;
      readonly chat: Person;
      readonly whatsappIds: readonly string[];
      readonly as: 'read' | 'played';
    }
  /** WhatsApp refused a message after `send` had timed out. */
  | { readonly kind: 'refused'; readonly whatsappId: string; readonly refusal: SendRefusal };
