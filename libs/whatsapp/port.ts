import type { FileHandle } from 'node:fs/promises';
import type { WhatsAppAccounts } from './accounts.js';
import type { Person, PhoneNumber } from './addresses.js';
import type { MediaKind, MediaReference, OutgoingContent, QuotedContent, UploadedMedia } from './content.js';
import type { WhatsAppGroups } from './groups.js';
import type { EditedContent, MessageKey, Received, Report, Sealed } from './reports.js';

export type StartOptions = {
  /** Link by a code that is entered on this phone, instead of by QR. Ignored where the session is linked already. */
  readonly pairByCode?: PhoneNumber;
};

export type OutgoingMessage = {
  /** Chosen by the caller with `messageIdFor`; the same for every attempt. */
  readonly whatsappId: string;
  /** The jid of a `Recipient`. */
  readonly to: string;
  /** Of a status post, and of changes of one: the jids of the people who get it. The account's own devices get it, too. */
  readonly recipients?: readonly string[];
  readonly content: OutgoingContent;
  /** What it answers: its words, and whatever else it is, are shown above it. */
  readonly replyTo?: MessageKey & { readonly text: string; readonly content?: QuotedContent };
  /** Receivers see that it was not written for them. */
  readonly forwarded?: boolean;
};

/** A file that is uploaded for a message. */
export type MediaToUpload = {
  /** The message that it is for. */
  readonly whatsappId: string;
  readonly kind: MediaKind;
  /** In bytes. */
  readonly size: number;
  /** SHA-256, in base64. */
  readonly sha256: string;
  /** For a channel: it is uploaded as it is, and everybody may read it. */
  readonly isPublic?: true;
};

/** Its bytes: as a stream, or as an open file, which no stream can be as fast as. */
export type FileToUpload = AsyncIterable<Uint8Array> | FileHandle;

/** What somebody is doing in a chat. */
export type Activity = 'typing' | 'recording' | 'paused';

export type NumberCheck = {
  readonly phoneNumber: PhoneNumber;
  readonly exists: boolean;
  /** Null where the number is not on WhatsApp. May contain another spelling of the number than the one that was asked for. */
  readonly jid: string | null;
  /** Null where the number is not on WhatsApp, or its LID is not known. */
  readonly lid: string | null;
};

export type ConnectionState = {
  readonly state: 'connecting' | 'open';
  /** ISO 8601: when anything last arrived from WhatsApp; null before that. */
  readonly lastSeenAt: string | null;
};

/**
 * Sessions on WhatsApp, each of them a device linked to someone's account. Everything that happens is reported to the `ReportListener`. Dead
 * connections are detected and reported as `closed`; whether and when to connect again is up to the caller.
 */
export type WhatsAppConnections = {
  /**
   * Starts to connect: with the stored credentials, or else by reporting a QR or a pairing code. Resolves before the outcome is known, which
   * is reported. Does nothing while the session is started.
   */
  start(sessionId: string, options?: StartOptions): Promise<void>;
  /** Ends the connection and keeps the link. Resolves after the `closed` report. Does nothing where there is no connection. */
  stop(sessionId: string): Promise<void>;
  /**
   * Unlinks the session from the phone and deletes its credentials. A linked session without a connection is connected for this, which is
   * not reported. `unlinked` is false where WhatsApp did not confirm in time: the phone then still lists the device, which can no longer
   * connect. @throws {NotConnected} `close` was called meanwhile: the credentials were kept.
   */
  logout(sessionId: string): Promise<{ readonly unlinked: boolean }>;
  /** Ends the connection and deletes the credentials without informing WhatsApp: for sessions that WhatsApp has ended. Idempotent. */
  forget(sessionId: string): Promise<void>;
  /**
   * Resolves with the time (ISO 8601) of the server's ack. Concurrent calls of one session are sent in the order of the calls.
   * @throws {SendFailed}
   */
  send(sessionId: string, message: OutgoingMessage): Promise<{ readonly sentAt: string }>;
  /**
   * Encrypts a file, unless it is public, and uploads it to WhatsApp, for the content of a message that is sent afterwards. It does not take part in the order of
   * messages, and may be repeated: the same file for the same message is the same upload. `file` is read once, and closed
   * whatever the outcome.
   * @throws {NotConnected} {UploadFailed}
   * @throws {Transient} what keeps the file cannot be read now, nothing was sent. {UploadDiskUnavailable} the same of the disk for uploads.
   */
  uploadMedia(sessionId: string, media: MediaToUpload, file: FileToUpload): Promise<UploadedMedia>;
  /**
   * Whether these numbers are on WhatsApp, in the order of the request. One that WhatsApp does not answer for is left out, be it all of them:
   * whether it is there is not known; see `allAnswered`. WhatsApp limits such queries: remember the answers.
   * @throws {NotConnected} {QueryFailed} WhatsApp did not answer at all.
   */
  checkNumbers(sessionId: string, phoneNumbers: readonly PhoneNumber[]): Promise<readonly NumberCheck[]>;
  /**
   * Tells the senders that messages were read, or only one's own devices where the account hides that; or that they were played.
   * @throws {NotConnected} {QueryFailed}
   */
  markRead(sessionId: string, messages: readonly MessageKey[], as?: 'read' | 'played'): Promise<void>;
  /**
   * Shows the people of a chat (a jid) what the account is doing there. Their phones stop showing it after about 25 seconds, and when a message
   * comes. @throws {NotConnected} {QueryFailed}
   */
  showActivity(sessionId: string, chat: string, activity: Activity): Promise<void>;
  /**
   * Whether the account is shown as online by this device, until the connection ends. While it is, the phone does not notify its owner.
   * @throws {NotConnected}
   */
  setPresence(sessionId: string, presence: 'online' | 'offline'): Promise<void>;
  /** Rejects a call that was offered. @throws {NotConnected} {QueryFailed} */
  rejectCall(sessionId: string, call: { readonly whatsappId: string; readonly from: string }): Promise<void>;
  /**
   * The bytes of a file that a session received. Needs no connection.
   * @throws {DownloadFailed} also while reading: only at the end is it known whether the file is intact.
   */
  downloadMedia(sessionId: string, media: MediaReference): Promise<AsyncIterable<Uint8Array>>;
  /**
   * Asks the account's phone to upload the file of a message again, where WhatsApp no longer has it. Resolves with where it is then; undefined
   * where the phone does not have it any more.
   * @throws {NotConnected}
   * @throws {QueryFailed} the phone does not answer: it may be off
   * @throws {DownloadFailed} it did, and could not upload the file
   */
  renewMedia(sessionId: string, message: MessageKey, media: MediaReference): Promise<MediaReference | undefined>;
  /**
   * What a message says after an edit that was reported as sealed; undefined where it cannot be opened. `sealedSecret` is that of the edited
   * message, null where the session sent it itself; `sender` that of the edit. Needs no connection.
   */
  openEdit(
    sessionId: string,
    sealed: Pick<Received, 'sender'> & {
      /** Of the edited message. */
      readonly whatsappId: string;
      readonly sealedSecret: string | null;
      readonly edit: Sealed;
    },
  ): Promise<EditedContent | undefined>;
  /**
   * Which of a poll's `options` somebody chose with a vote, in the order of the options; undefined where it cannot be opened. `sealedSecret`
   * is that of the poll, null where the session sent it itself. Needs no connection.
   */
  openVote(
    sessionId: string,
    sealed: {
      /** Of the poll. */
      readonly whatsappId: string;
      readonly sealedSecret: string | null;
      readonly options: readonly string[];
      readonly author: Person;
      readonly voter: Person;
      readonly vote: Sealed;
    },
  ): Promise<readonly string[] | undefined>;
  readonly groups: WhatsAppGroups;
  readonly accounts: WhatsAppAccounts;
  /** Undefined where the session is not started or its connection has ended. */
  connection(sessionId: string): ConnectionState | undefined;
  /** The sessions with stored credentials: they connect without being linked again. */
  linkedSessions(): Promise<readonly string[]>;
  /** Ends all connections and releases all resources. Nothing can be started afterwards. */
  close(): Promise<void>;
};

/**
 * Called with every report, in order for each session. Must not block: reports do not wait for each other.
 *
 * WhatsApp delivers messages and receipts only once. So for everything that comes from a chat, and for a `receipt`, the
 * promise must resolve once the report is durable. Until then it is kept here; where the process ends before, or the promise rejects, it is reported again
 * after the next start of the session. Expect duplicates.
 */
export type ReportListener = (sessionId: string, report: Report) => void | Promise<void>;

/**
 * Finds a sent message by its id, to repeat it for a receiver that could not decrypt it, in its present form; undefined where it is not known, or must not be repeated. Called for
 * messages of the last few weeks.
 */
export type SentMessages = (
  sessionId: string,
  whatsappId: string,
) => Promise<Omit<OutgoingMessage, 'whatsappId'> | undefined>;

/** By way of what a session reaches WhatsApp. Its credentials are in the URL. `unusable`: why it must not be used; then nothing is. */
export type Proxy =
  | {
      /** `http`, `https` or `socks5`. */
      readonly url: string;
      /** The address of its host. */
      readonly address: string;
      /** What its certificate may rely on beside the usual authorities, where it is `https` (PEM). */
      readonly authorities?: string;
    }
  | { readonly unusable: string };

/** The proxy of a session, for its connections and its files; undefined where it has none. Called for each of them. */
export type Proxies = (sessionId: string) => Promise<Proxy | undefined>;

type Log = (details: object, message: string) => void;
/** The part of a logger that is used. It gets no keys, message texts or phone numbers. */
export type WhatsAppLogger = { readonly debug: Log; readonly warn: Log; readonly error: Log };
