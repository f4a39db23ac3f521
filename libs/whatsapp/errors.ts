import { Transient } from '#lib/async';
import type { Refusal } from './refusals.js';

/**
 * What became of a message that was not acknowledged. `not_sent`: nothing left. `refused`: WhatsApp said no. `unknown`: it may have been
 * sent; sending it again with the same id is safe, since whoever received it drops the second one.
 */
export type SendOutcome =
  | { readonly kind: 'not_sent' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
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

/** The session has no open connection. Nothing was done. */
export class NotConnected extends Error {
  override readonly name = 'NotConnected';
  constructor(readonly sessionId: string) {
    super(`Session ${sessionId} is not connected to WhatsApp`);
  }
}

/** WhatsApp did not answer a question, or refused to; `code` is its own, where it gave one (429: too many questions). */
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

/** A file could not be had: `gone` says that WhatsApp no longer keeps it. */
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

/** What is stored of sessions, their credentials, cannot be read or written now. Nothing was changed. */
export class CredentialsUnavailable extends Transient {
  override readonly name = 'CredentialsUnavailable';
}
