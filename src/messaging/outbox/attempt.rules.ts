import { retryWaitMs, usualRetry, type RetryPolicy } from '#lib/async/policy';
import { isChannel, UploadDiskUnavailable, UploadFailed, type SendRefusal } from '#lib/whatsapp';
import type { HoldReason } from '../hold-reason.contract.js';
import type { HeldUntil } from '../pacing/pacing.rules.js';

/** How often a message is sent again that WhatsApp refused for the moment. */
const maxRefusals = 5;
/** How often one is sent again that WhatsApp did not answer. */
const maxUnanswered = 10;
const attemptRetry: RetryPolicy = { firstWaitMs: 1000, maxWaitMs: 60_000 };

/** Why a message failed, as recorded. */
export type Failure = { readonly code: string; readonly reason: string; readonly retryable: boolean };

/** The wait before the next attempt, after so many failures; `chance` from 0 to 1. */
export const attemptWaitMs = (failures: number, chance: number): number => retryWaitMs(attemptRetry, failures, chance);

/** The same after so many attempts that failed because of a store. */
export const storeWaitMs = (failures: number, chance: number): number => retryWaitMs(usualRetry, failures, chance);

export const isRefusedForGood = (refusal: SendRefusal, failures: number): boolean =>
  !refusal.retryable || failures >= maxRefusals;

/** The same of one that could not be sent at all. */
export const isNotSentForGood = (failures: number): boolean => failures >= maxRefusals;

export const isUnansweredForGood = (failures: number): boolean => failures >= maxUnanswered;

/** As a sentence. */
export const whyNotUploaded = (error: unknown): string => {
  const outcome = error instanceof UploadFailed ? error.outcome : undefined;
  switch (outcome?.kind) {
    case 'unreadable':
      return 'Its file could not be read.';
    case 'refused':
      return `WhatsApp refused its file (HTTP status ${outcome.status}).`;
    case 'interrupted':
      return 'The upload of its file to WhatsApp broke off.';
    default:
      return 'Its file could not be uploaded to WhatsApp.';
  }
};

/** The same of one that waits for what keeps the files, as a sentence. */
export const whyFileUnavailable = (error: unknown): string =>
  error instanceof UploadDiskUnavailable
    ? 'Its file cannot be prepared for WhatsApp: the disk for uploads fails.'
    : 'Its file cannot be read: the place where the files are kept fails.';

const mayHaveArrived = 'It may have arrived.';

export const failures = {
  refused: ({ code, reason, retryable }: SendRefusal): Failure => ({ code: `whatsapp_${code}`, reason, retryable }),
  notSent: (reason: string): Failure => ({ code: 'not_sent', reason, retryable: true }),
  notUploaded: (detail: string): Failure => ({
    code: 'media_upload_failed',
    reason: `${detail} It was tried often.`,
    retryable: true,
  }),
  fileGone: {
    code: 'media_gone',
    reason: 'Its file is no longer here: it is missing where the files are kept.',
    retryable: false,
  },
  /** `recipients`: those of a status post. */
  notOnWhatsApp: ({ recipients }: { readonly recipients?: readonly string[] }): Failure => ({
    code: 'not_on_whatsapp',
    reason: recipients ? 'None of its recipients is on WhatsApp.' : 'The number is not on WhatsApp.',
    retryable: false,
  }),
  unchecked: (detail: string): Failure => ({
    code: 'number_not_checked',
    reason: `WhatsApp did not answer whether the number is on WhatsApp: ${detail}`,
    retryable: true,
  }),
  sessionDeleted: {
    code: 'session_deleted',
    reason: 'The session was deleted before the message was sent.',
    retryable: false,
  },
  sessionDeletedMeanwhile: {
    code: 'session_deleted',
    reason: `The session was deleted before WhatsApp confirmed the message. ${mayHaveArrived}`,
    retryable: false,
  },
  /** An earlier attempt was not answered. */
  maybeArrived: ({ reason, ...failure }: Failure): Failure => ({
    ...failure,
    reason: reason.endsWith(mayHaveArrived)
      ? reason
      : `${reason} An earlier attempt was not answered. ${mayHaveArrived}`,
  }),
  accountChanged: {
    code: 'account_changed',
    reason: 'The session is linked to another number than the message was accepted for.',
    retryable: false,
  },
  changeAbandoned: {
    code: 'session_deleted',
    reason: `The session was deleted before WhatsApp confirmed it. ${mayHaveArrived}`,
    retryable: false,
  },
  tooLate: (kind: 'edit' | 'revocation', chat: string): Failure => ({
    code: 'too_late',
    reason: isChannel(chat) ? tooLateInWords.post : tooLateInWords[kind],
    retryable: false,
  }),
  overtaken: { code: 'edit_overtaken', reason: 'A later edit of the message counts.', retryable: false },
  revoked: { code: 'message_revoked', reason: 'The message was deleted before.', retryable: false },
  keyRevoked: {
    code: 'api_key_revoked',
    reason: 'The API key with which it was requested was revoked, and what it left unsent canceled.',
    retryable: false,
  },
  canceledAfterRestore: {
    code: 'canceled_after_restore',
    reason: 'It waited in a copy that was restored from a backup, and an admin canceled what waited.',
    retryable: true,
  },
  unconfirmed: {
    code: 'unconfirmed',
    reason: `WhatsApp never confirmed the message, however often it was sent. ${mayHaveArrived}`,
    retryable: true,
  },
  /** In a channel. */
  unconfirmedPost: {
    code: 'unconfirmed',
    reason: `It is not known whether WhatsApp has the post. It is not sent again, since the channel might show it twice. ${mayHaveArrived}`,
    retryable: true,
  },
} as const;

const tooLateInWords = {
  edit: 'WhatsApp takes edits only within 15 minutes after a message was sent.',
  revocation: 'WhatsApp takes deletions only within 60 hours after a message was sent.',
  post: 'WhatsApp takes changes of a post only within 30 days after it was sent.',
} as const;

/** Why a message is held, in sentences for people. */
export const holdDetails = {
  session_offline: 'The session is not connected to WhatsApp. The message is sent when it is.',
  session_logged_out: 'The session was logged out. The message is sent once it is linked to the same account again.',
  user_inactive: 'The user is deactivated. The message is sent once they are activated.',
  restored: 'This is a restored copy: it may have been sent already. It waits until an admin lets the copy go on.',
  pacing: 'It waits for its turn: messages of this session are sent with pauses between them.',
  quiet_hours: 'It is quiet hours where its recipient lives.',
  new_contacts: 'Its recipient never wrote: such people are written to slowly.',
  restricted: 'WhatsApp has restricted the account.',
  whatsapp_busy: 'WhatsApp does not accept it at the moment. It is sent again.',
  not_sent: 'It could not be sent. It is tried again.',
  file_unavailable: 'Its file cannot be read. It is tried again.',
  unconfirmed: 'WhatsApp has not confirmed it. It is sent again with the same id, so that it is received once.',
} as const satisfies { readonly [why in HoldReason]: string };

/** The same where it is known until when. */
export const holdDetailOf = (why: HoldReason, wait: HeldUntil | undefined): string =>
  wait ? `${wait.because}.${heldUntil(wait)}` : holdDetails[why];

const heldUntil = ({ until, isEstimate }: HeldUntil): string =>
  until === null ? '' : ` Held until ${isEstimate ? 'about ' : ''}${until}.`;
