import type { ReceivedContent } from './content.contract.js';
import type { SentMedia } from './content/media.content.js';
import type { Change } from './incoming.contract.js';
import type { LinkPreview } from './link-preview.contract.js';
import type { HoldReason } from './hold-reason.contract.js';
import type { AcceptedMessage, MessageEventData } from './message.contract.js';
import type { MessageOwner } from './message-owner.contract.js';
import type { Upload } from './upload.contract.js';
import type { MessageFile } from './received-file.contract.js';
import type { ProgressStatus } from './progress.rules.js';

/** What a message says that consists of a file. */
export type FileContent = SentMedia | Extract<ReceivedContent, { readonly media: unknown }>;

/** What can be said of a received message. */
export type Mark = MessageEventData<'MessageMarked'>['as'];

/** `found` is null where it cannot be had. */
export type FoundPreview = { readonly found: LinkPreview | null };

/** A change that waits for its message, or for what that says. */
export type Awaited = { readonly changeId: string; readonly change: Change; readonly at: string };

/** A person's last vote. */
export type Ballot = Pick<MessageEventData<'PollVoted'>, 'voter' | 'changeId' | 'votedAt' | 'castAt'>;

/** What is known of a poll. */
export type PollState = {
  readonly options: readonly string[];
  readonly multiple: boolean;
  /** Null: it was sent from here. */
  readonly author: MessageEventData<'PollVoted'>['voter'] | null;
  /** By their numbers. */
  readonly ballots: readonly Ballot[];
  /** The WhatsApp ids of the last votes that arrived: each is opened once. */
  readonly arrived: readonly string[];
};

export type Existing = {
  readonly owner: MessageOwner;
  /** When the last thing happened to it: nothing is recorded with a time before it, although the clock may be set back. */
  readonly lastAt: string;
  /** When the last edit that counts was made, by the clock of the author's device; null where there is none, or it did not say. */
  readonly editMadeAt: string | null;
  /** The WhatsApp ids of the last edits and reactions: each is recorded once. */
  readonly changes: readonly string[];
  /** Nothing that is said about its content counts any more. */
  readonly isRevoked: boolean;
  /** Null: it is none, or not known to be one. */
  readonly poll: PollState | null;
  /** What it said at first where it consists of a file, which it keeps through edits; null where it does not, or that is not known. */
  readonly fileContent: FileContent | null;
};

export type Own = Pick<AcceptedMessage, 'account' | 'chat' | 'recipients'>;

/** Where a message from here goes; undefined of any other. */
export const ownOf = (state: MessageState): Own | undefined => {
  if ('sent' in state) return state.sent;
  return 'accepted' in state ? state.accepted : undefined;
};

/** What a message that was sent is named by when it is changed, and whether it can be. */
export type Sent = Pick<AcceptedMessage, 'account' | 'chat' | 'recipients' | 'whatsappId'> & {
  readonly type: AcceptedMessage['content']['type'];
};

/** A change that was requested here and has no outcome yet. */
export type PendingChange = {
  readonly changeId: string;
  readonly keyId: string | null;
  readonly requestedAt: string;
} & (
  | {
      readonly kind: 'edit';
      readonly content: MessageEventData<'MessageEditRequested'>['content'];
      /** By which it is earlier or later than other edits. */
      readonly madeAt: string;
    }
  | { readonly kind: 'revocation' }
);

export type SentState = Existing & {
  readonly status: ProgressStatus;
  readonly sent: Sent;
  /** By WhatsApp's clock, where it told. */
  readonly sentAt: string;
  /** In the order in which they were requested. */
  readonly pending: readonly PendingChange[];
};

/** What the decider of a message knows of it. */
export type MessageState =
  | { readonly status: 'none' }
  | (Existing & { readonly status: 'scheduled'; readonly accepted: AcceptedMessage })
  | (Existing & {
      readonly status: 'queued';
      readonly accepted: AcceptedMessage;
      /** In the order in which they were told; the last one is what it waits for. */
      readonly heldFor: readonly HoldReason[];
      /** Until when it waits for a reason that ends at a time: ISO 8601. */
      readonly heldUntil: string | null;
      /** An attempt at it may have succeeded: a phone may show it. */
      readonly mayHaveLeft: boolean;
      /** Recipients who are not on WhatsApp: those that an attempt left out are not looked up by the next one. */
      readonly leftOut: readonly string[];
      /** Of the file that it consists of; null before, and where it has none. */
      readonly upload: Upload | null;
      /** Whether the preview of its link is known, and which one; null before, and where none was asked for. */
      readonly preview: FoundPreview | null;
    })
  | SentState
  /** A receipt may still prove that it was sent. */
  | (Existing & { readonly status: 'failed' | 'canceled'; readonly sent: Sent })
  /** Changes of a message arrived that itself has not. */
  | (Existing & { readonly status: 'awaited'; readonly waiting: readonly Awaited[] })
  | (Existing & {
      readonly status: 'received';
      /** False where it came as unreadable, and has not come again: what it shows then is an edit of it. */
      readonly isReadable: boolean;
      /** What its last edit says, where it is not readable. */
      readonly edit: Pick<MessageEventData<'MessageEdited'>, 'content' | 'mentions'> | null;
      /** Of its content. */
      readonly type: ReceivedContent['type'];
      readonly sender: MessageEventData<'MessageReceived'>['sender'];
      /** The phone was asked for older messages, and sent this one. */
      readonly history: boolean;
      /** How far the file that came with it is; null where none did. */
      readonly file: MessageFile['state'] | null;
      /** As what it was marked here. */
      readonly marked: readonly Mark[];
      /** The same where WhatsApp is still to be told. */
      readonly unreported: readonly Mark[];
      readonly sealedSecret: string | null;
      /** Encrypted changes of a message that cannot be read, and whose secret is not known. */
      readonly waiting: readonly Awaited[];
    });
