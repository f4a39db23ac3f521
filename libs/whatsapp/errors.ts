import { Transient } from '#lib/async';
import type { SendRefusal } from './send-refusals.js';

/**
 * What happened to a message that was not acknowledged. `not_sent`: it was not written to the socket, because the session has no connection
 * or for the `reason` that is given, a sentence for people. `refused`: WhatsApp refused it, or what had to be asked before it could be sent.
 * `unknown`: it may have been sent. Sending it again with the same id is safe, since receivers drop the second copy; but for channels,
 * whose posts WhatsApp's server keeps.
 */
export type SendOutcome =
  | { readonly kind: 'not_sent'; readonly reason?: string }
  | { readonly kind: 'refused'; readonly refusal: SendRefusal }
  | { readonly kind: 'unknown' };

export class SendFailed extends Error {
  override readonly name = 'SendFailed';
  constructor(
    readonly outcome: SendOutcome,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The session has no open connection. Nothing was done, unless it is `ConnectionLost`. */
export class NotConnected extends Error {
  override readonly name: string = 'NotConnected';
  constructor(
    readonly sessionId: string,
    message = `Session ${sessionId} is not connected to WhatsApp`,
  ) {
    super(message);
  }
}

/** The connection ended before WhatsApp answered: whether it did what it was asked is not known. */
export class ConnectionLost extends NotConnected {
  override readonly name = 'ConnectionLost';
  constructor(sessionId: string) {
    super(sessionId, `The connection of session ${sessionId} ended before WhatsApp answered`);
  }
}

/** WhatsApp did not answer a query, or answered with an error; `code` is its own, where it gave one (429: too many queries). */
export class QueryFailed extends Error {
  override readonly name = 'QueryFailed';
  constructor(
    readonly code: number | null,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A file could not be downloaded; `gone` where WhatsApp no longer has it. */
export class DownloadFailed extends Error {
  override readonly name = 'DownloadFailed';
  constructor(
    readonly gone: boolean,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Why a file was not uploaded. `unreadable`: it could not be read to its end, or is not the one that was announced. `refused`: WhatsApp
 * answered with this HTTP status. `interrupted`: the connection broke, or WhatsApp did not answer.
 */
export type UploadOutcome =
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'interrupted' };

/** A file could not be uploaded. Another attempt may succeed. */
export class UploadFailed extends Error {
  override readonly name = 'UploadFailed';
  constructor(
    readonly outcome: UploadOutcome,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The disk on which a file is prepared for its upload fails. Nothing was sent. */
export class UploadDiskUnavailable extends Transient {
  override readonly name = 'UploadDiskUnavailable';
}

/** What is stored of sessions, their credentials, cannot be read or written now. Nothing was changed. */
export class CredentialsUnavailable extends Transient {
  override readonly name = 'CredentialsUnavailable';
}
