import type { PhoneNumber } from './addresses.js';
import type { MediaReference, OutgoingContent } from './content.js';
import type { MessageKey, Report } from './reports.js';

export type StartOptions = {
  /** Link by a code that is typed into this phone, instead of by QR. Means nothing to a session that is linked. */
  readonly pairByCode?: PhoneNumber;
};

export type OutgoingMessage = {
  /** Chosen before, see `messageIdFor`, and the same at every attempt. */
  readonly whatsappId: string;
  /** The jid of a `Recipient`. */
  readonly to: string;
  readonly content: OutgoingContent;
  readonly replyTo?: MessageKey & { /** What is shown above the answer. */ readonly text: string };
};

export type NumberCheck = {
  readonly phoneNumber: PhoneNumber;
  readonly exists: boolean;
  /** Null, as the next one, where it does not exist. May spell the number otherwise than it was asked for. */
  readonly jid: string | null;
  readonly lid: string | null;
};

export type ConnectionState = {
  readonly state: 'connecting' | 'open';
  /** ISO 8601: when anything was last heard from WhatsApp; null before the first word. */
  readonly lastSeenAt: string | null;
};

/**
 * Sessions on WhatsApp, each a device linked to somebody's account. What happens comes as reports. When to connect again is the caller's
 * to decide; that a connection is dead is found out here, also where nothing says so: such a connection is reported `closed`.
 */
export type WhatsAppConnections = {
  /**
   * Begins to connect: with what was stored of the session, otherwise by showing a QR or a pairing code. Resolves as soon as it tries; what
   * follows is reported. Does nothing while the session is started.
   */
  start(sessionId: string, options?: StartOptions): Promise<void>;
  /** Ends the connection and keeps the link. Resolves after the `closed` report. Does nothing where there is no connection. */
  stop(sessionId: string): Promise<void>;
  /**
   * Unlinks the session from the phone, and forgets it. Where there is no connection, a linked session is connected once more for this,
   * which nobody hears of. `unlinked` is false where WhatsApp could not be told within some seconds: the phone then still lists
   * the device, which cannot come back. @throws {NotConnected} everything is ending: nothing was forgotten.
   */
  logout(sessionId: string): Promise<{ readonly unlinked: boolean }>;
  /** Ends the connection and deletes all that was stored, without telling WhatsApp. For sessions that WhatsApp ended. May be repeated. */
  forget(sessionId: string): Promise<void>;
  /**
   * Resolves with the time (ISO 8601) of the server's ack. Messages to one session may be sent side by side; they leave in the order of the calls.
   * @throws {SendFailed}
   */
  send(sessionId: string, message: OutgoingMessage): Promise<{ readonly sentAt: string }>;
  /**
   * Which of these numbers are on WhatsApp, in the order asked. WhatsApp limits how many one may ask for: ask once and remember.
   * @throws {NotConnected} {QueryFailed}
   */
  checkNumbers(sessionId: string, phoneNumbers: readonly PhoneNumber[]): Promise<readonly NumberCheck[]>;
  /**
   * Shows the senders that their messages were read (or, where the account hides that, only one's own devices).
   * @throws {NotConnected} {QueryFailed}
   */
  markRead(sessionId: string, messages: readonly MessageKey[]): Promise<void>;
  /**
   * The bytes of a received file; needs no connection.
   * @throws {DownloadFailed} also while reading, when what was read is not what was sent.
   */
  downloadMedia(media: MediaReference): Promise<AsyncIterable<Uint8Array>>;
  /** Undefined where the session is not started, or its connection ended. */
  connection(sessionId: string): ConnectionState | undefined;
  /** The sessions that can connect without being linked again. */
  linkedSessions(): Promise<readonly string[]>;
  /** Ends every connection, and releases what is held. Nothing can be started afterwards. */
  close(): Promise<void>;
};

/**
 * Hears all reports: those of a session in order. Must return at once; nothing waits for it. What people write and confirm WhatsApp tells
 * only once, so of a `message`, `edited`, `revoked`, `reaction` or `receipt` the promise says when it is recorded and would survive the
 * end of this process. Until then it is kept; if the process ends before, or the promise rejects, it is told again after the next
 * start of the session. So it may be told twice.
 */
export type ReportListener = (sessionId: string, report: Report) => void | Promise<void>;

/**
 * What was sent under an id, for a receiver who could not read it and asks again; undefined where that is not known. Asked for
 * messages of the last weeks at most.
 */
export type SentMessages = (
  sessionId: string,
  whatsappId: string,
) => Promise<Omit<OutgoingMessage, 'whatsappId'> | undefined>;

type Log = (details: object, message: string) => void;
/** The part of a logger that is used; no key, no message text and no phone number is passed to it. */
export type WhatsAppLogger = { readonly debug: Log; readonly warn: Log; readonly error: Log };
