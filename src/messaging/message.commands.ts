import type { Command } from '#lib/event-sourcing';
import type { ReceivedContent } from './content.contract.js';
import type { FileTrouble, ReceivedFile } from './received-file.contract.js';
import type { SealedChange } from './incoming.contract.js';
import type { LinkPreview } from './link-preview.contract.js';
import type { HoldReason } from './hold-reason.contract.js';
import type { MessageEventData } from './message.contract.js';
import type { MessageOwner } from './message-owner.contract.js';
import type { Upload } from './upload.contract.js';

type For<Data = object> = Data & { readonly messageId: string; readonly at: string };

/** Records a message for sending: the same id again changes nothing. `scheduledAt` null: as soon as possible. */
export type AcceptMessage = Command<
  'AcceptMessage',
  For<Omit<MessageEventData<'MessageQueued'>, 'acceptedAt' | 'queuedAt'> & { readonly scheduledAt: string | null }>
>;
/** A scheduled message's time has come. */
export type QueueMessage = Command<'QueueMessage', For>;
/** `nothingLeft`: the only attempt that may have succeeded has certainly failed. */
type Outcome = { readonly nothingLeft?: boolean };
/** Until when (ISO 8601); `isEstimate`: that depends on what leaves before. */
type HeldTo = { readonly until?: string; readonly isEstimate?: true };
/** Records why the message waits: where another reason was told last, or the exact time until which it waits differs. */
export type HoldMessage = Command<
  'HoldMessage',
  For<Outcome & { readonly why: HoldReason; readonly detail: string } & HeldTo>
>;
/** Comes before each attempt. Where it has no event, an earlier attempt may have succeeded. @throws {DomainError} `message_not_queued` */
export type BeginAttempt = Command<
  'BeginAttempt',
  For<{ readonly newContact?: true; readonly leftOut?: readonly string[] }>
>;
/** The file that it consists of was uploaded. */
type RecordMediaUploaded = Command<'RecordMediaUploaded', For<{ readonly upload: Upload }>>;
/** The preview of its link was made, or why there is none: only the first one counts. */
type RecordLinkPreview = Command<'RecordLinkPreview', For<{ readonly result: PreviewResult }>>;
/** The preview of a link, or why it cannot be had, as a sentence. */
export type PreviewResult = { readonly preview: LinkPreview } | { readonly problem: string };
/** Refused once the message may have left. */
export type RecordMessageCanceled = Command<'RecordMessageCanceled', For>;
/** Cancels it where that is certain to keep it from being sent; otherwise it goes on. */
export type CancelIfUnsent = Command<'CancelIfUnsent', For>;
/** `at` is when it became known here, `whatsappAt` (ISO 8601) when it happened by WhatsApp's clock. */
type Progress = For<{ readonly whatsappAt: string }>;
/** WhatsApp's server has it. Earlier steps that were never reported are recorded with a later one. */
type RecordMessageSent = Command<'RecordMessageSent', Progress>;
type RecordMessageDelivered = Command<'RecordMessageDelivered', Progress>;
type RecordMessageRead = Command<'RecordMessageRead', Progress>;
type RecordMessagePlayed = Command<'RecordMessagePlayed', Progress>;
export type RecordMessageFailed = Command<
  'RecordMessageFailed',
  For<Outcome & { readonly code: string; readonly reason: string; readonly retryable: boolean }>
>;
/** A message that was accepted at `at` no longer counts for the quota of that day; `position`: of the event that says so. */
export type GiveBackQuota = Command<
  'GiveBackQuota',
  { readonly userId: string; readonly messageId: string; readonly at: string; readonly position: number }
>;
/** Fails a message whose session was deleted. */
export type AbandonMessage = Command<'AbandonMessage', For>;
/** Fails a message that waits for another account than this one (E.164). */
export type FailUnlessFor = Command<'FailUnlessFor', For<{ readonly account: string }>>;
type RecordMessageReceived = Command<'RecordMessageReceived', MessageEventData<'MessageReceived'>>;
/** `changeId` is the WhatsApp id of the edit, revocation or reaction: each is recorded once. */
type Change<Data = object> = For<Data & { readonly changeId: string }>;
/** Where the message has not arrived yet, the change waits for it under this owner. An edit that was made before the last one changes nothing. */
export type RecordMessageEdited = Command<
  'RecordMessageEdited',
  Change<
    MessageOwner & { readonly content: ReceivedContent } & Pick<
        MessageEventData<'MessageEdited'>,
        'mentions' | 'madeAt'
      >
  >
>;
type RecordSealedChange = Command<'RecordSealedChange', Change<MessageOwner & { readonly change: SealedChange }>>;
type RecordMessageRevoked = Command<'RecordMessageRevoked', Change<MessageOwner>>;
export type RecordReaction = Command<
  'RecordReaction',
  Change<MessageOwner & Pick<MessageEventData<'ReactionReceived'>, 'from' | 'emoji'>>
>;
/** Of the votes of one person, the last one counts, in whatever order they come. Those on what is no poll change nothing. */
export type RecordPollVote = Command<
  'RecordPollVote',
  Change<Pick<MessageEventData<'PollVoted'>, 'voter' | 'options' | 'votedAt' | 'castAt'>>
>;

type Requested = For<{ readonly changeId: string; readonly keyId: string | null }>;
/** `changeId` becomes the WhatsApp id of the edit. @throws {DomainError} as `EditMessage` */
export type RequestMessageEdit = Command<
  'RequestMessageEdit',
  Requested & Pick<MessageEventData<'MessageEditRequested'>, 'content'>
>;
/** @throws {DomainError} as `RevokeMessage` */
export type RequestMessageRevocation = Command<'RequestMessageRevocation', Requested>;
/** WhatsApp's server has a change that was requested here. */
type RecordChangeSent = Command<'RecordChangeSent', For<{ readonly changeId: string }>>;
/** A change that was requested here can never be sent, or WhatsApp refused it. */
export type RecordChangeFailed = Command<
  'RecordChangeFailed',
  For<{ readonly changeId: string } & Pick<MessageEventData<'MessageChangeFailed'>, 'code' | 'reason' | 'retryable'>>
>;

type RecordFileFetched = Command<'RecordFileFetched', For<{ readonly file: ReceivedFile }>>;
type RecordFileUnavailable = Command<'RecordFileUnavailable', For<{ readonly trouble: FileTrouble }>>;
/** `whatsappChat` and the like are those of the message. */
export type RecordMessageMarked = Command<
  'RecordMessageMarked',
  For<
    Pick<MessageEventData<'MessageMarked'>, 'as' | 'account' | 'whatsappId' | 'whatsappChat' | 'participant' | 'hidden'>
  >
>;
/** WhatsApp was told. */
export type RecordMarkReported = Command<'RecordMarkReported', For<Pick<MessageEventData<'MarkReported'>, 'as'>>>;

/** The commands that the decider of a message handles. */
export type MessageCommand =
  | AcceptMessage
  | QueueMessage
  | HoldMessage
  | BeginAttempt
  | RecordMediaUploaded
  | RecordLinkPreview
  | RecordMessageCanceled
  | CancelIfUnsent
  | RecordMessageSent
  | RecordMessageDelivered
  | RecordMessageRead
  | RecordMessagePlayed
  | RecordMessageFailed
  | AbandonMessage
  | FailUnlessFor
  | RecordMessageReceived
  | RecordFileFetched
  | RecordFileUnavailable
  | RecordMessageEdited
  | RecordSealedChange
  | RecordMessageRevoked
  | RecordReaction
  | RecordPollVote
  | RequestMessageEdit
  | RequestMessageRevocation
  | RecordChangeSent
  | RecordChangeFailed
  | RecordMessageMarked
  | RecordMarkReported;

/** The key that a message was accepted with, and where in the log it stands: whether the key was revoked before. */
export type Acceptance = { readonly keyId: string | null; readonly position: number };
/** What goes to WhatsApp: a message, or, where `changeId` is not null, a change of it that was requested here. */
export type Outgoing = {
  readonly sessionId: string;
  readonly chatId: string;
  readonly messageId: string;
  readonly changeId: string | null;
};
/** The same, and where in the log it was queued. */
export type Placed = Outgoing & { readonly position: number };
/** Puts a queued message, or a change of one, into its session's outbox. Returns before it is sent; repeated, it changes nothing. */
export type DeliverMessage = Command<'DeliverMessage', Acceptance & Outgoing>;
/**
 * Begins to fetch the file of a received message, unless its session waits until somebody asks for it. Returns before it has come; repeated,
 * it changes nothing.
 */
export type FetchFile = Command<'FetchFile', { readonly messageId: string; readonly sessionId: string }>;
/** The same of all files of a session that are pending, whatever its settings are by now. */
export type FetchPendingFiles = Command<'FetchPendingFiles', { readonly sessionId: string }>;
/** Ends the waiting for the files of a deleted session: they are recorded as unavailable. Repeated, it changes nothing. */
export type EndDownloads = Command<'EndDownloads', { readonly sessionId: string }>;
/** Tells WhatsApp which messages of a session were marked, where the session is connected. */
export type ReportMarks = Command<'ReportMarks', { readonly sessionId: string }>;
/** Records a reaction that was sent from here with the message that it is to. */
export type NoteSentReaction = Command<'NoteSentReaction', { readonly messageId: string; readonly at: string }>;
/** Opens an encrypted change and records what it says. */
export type OpenSealedChange = Command<'OpenSealedChange', MessageEventData<'SealedChangeReceived'>>;
/** Sees to it that a scheduled message is queued at its time. */
export type AwaitSchedule = Command<
  'AwaitSchedule',
  Acceptance & {
    readonly messageId: string;
    readonly sessionId: string;
    readonly chatId: string;
    readonly scheduledAt: string;
  }
>;
/** Fails the messages of a session that were accepted for another account than the one (E.164) that it is linked to now. */
export type FailForFormerAccount = Command<
  'FailForFormerAccount',
  { readonly sessionId: string; readonly account: string; readonly at: string }
>;
/** An admin decided that nothing of what waits in a restored copy is sent. */
export type CancelHeld = Command<'CancelHeld', { readonly restoredAt: string }>;
/** Cancels what was accepted with an API key and has not been sent. */
export type CancelUnsentOfKey = Command<'CancelUnsentOfKey', { readonly keyId: string; readonly at: string }>;
/** Records for the messages that a session has not sent what they wait for now, where the session waits for somebody. */
export type HoldWaiting = Command<'HoldWaiting', { readonly sessionId: string }>;
/** How a session is paced has changed, as of this position in the log; null: of any session. Repeated, it changes nothing. */
export type ReconsiderPacing = Command<
  'ReconsiderPacing',
  { readonly sessionId: string | null; readonly position: number }
>;
/** Fails the messages that a deleted session has not sent. */
export type AbandonMessages = Command<'AbandonMessages', { readonly sessionId: string; readonly at: string }>;
/** Removes the messages of a deleted user from what can be seen, once none of them can be sent any more. */
export type EraseMessages = Command<'EraseMessages', { readonly userId: string; readonly at: string }>;
