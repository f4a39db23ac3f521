import type { Refusal } from '#lib/whatsapp';
import type { HoldReason } from '../message.contract.js';
import { unconfirmedCode } from '../progress.rules.js';

/** So often a message is sent again that WhatsApp refused for the moment. */
const mostRefusals = 5;
/** And one of which nothing was heard. */
const mostSilences = 10;
const firstWait = 1000;
const longestWait = 60_000;

type Failure = { readonly code: string; readonly reason: string; readonly retryable: boolean };

/** The wait before the next attempt, in milliseconds, after so many; `chance` from 0 to 1 keeps messages apart that failed together. */
export const waitAfter = (failures: number, chance: number): number => {
  const full = Math.min(longestWait, firstWait * 2 ** Math.min(failures - 1, 16));
  return Math.round(full / 2 + (full / 2) * chance);
};

export const isRefusedForGood = (refusal: Refusal, failures: number): boolean =>
  !refusal.retryable || failures >= mostRefusals;

export const isSilentTooLong = (failures: number): boolean => failures >= mostSilences;

export const failures = {
  refused: ({ code, reason, retryable }: Refusal): Failure => ({ code: `whatsapp_${code}`, reason, retryable }),
  notOnWhatsApp: { code: 'not_on_whatsapp', reason: 'The number is not on WhatsApp.', retryable: false },
  unchecked: (detail: string): Failure => ({
    code: 'number_not_checked',
    reason: `WhatsApp did not say whether the number is known to it: ${detail}`,
    retryable: true,
  }),
  sessionDeleted: {
    code: 'session_deleted',
    reason: 'The session was deleted before the message left.',
    retryable: false,
  },
  silence: {
    code: unconfirmedCode,
    reason: 'WhatsApp never confirmed the message, however often it was sent. It may have arrived.',
    retryable: true,
  },
} as const;

/** What a message waits for, in words. */
export const waits: { readonly [why in HoldReason]: string } = {
  session_offline: 'The session is not connected to WhatsApp. The message leaves when it is.',
  pacing: 'It waits for its turn: messages of this session leave with pauses between them.',
  whatsapp_busy: 'WhatsApp does not take it at the moment. It is tried again.',
  unconfirmed: 'WhatsApp has not confirmed it. It is sent again with the same id, so that it is received once.',
};
