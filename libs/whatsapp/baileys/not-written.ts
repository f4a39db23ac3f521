import { Transient } from '#lib/async';
import { SendFailed } from '../errors.js';
import { sendRefusalOf } from '../send-refusals.js';

const timedOut = 408;
const limited = 429;
const noSuchThing = new Set([401, 403, 404, 406]);

/**
 * Why Baileys rejected a message. Writing it to the socket is the last thing it does, so that nothing has left. An error of WhatsApp about the
 * recipient is as good as a refusal of the message.
 */
export const notWritten = (error: unknown): SendFailed => {
  const {
    message = '',
    data,
    output,
  } = (error ?? {}) as {
    readonly message?: string;
    readonly data?: unknown;
    readonly output?: { readonly statusCode?: number };
  };
  const options = { cause: error };
  // The connection ends, and the message is as good as before.
  if (error instanceof Transient) return new SendFailed({ kind: 'not_sent' }, message, options);
  if (typeof data === 'number' && noSuchThing.has(data)) {
    const refusal = sendRefusalOf(data);
    return new SendFailed({ kind: 'refused', refusal }, refusal.reason, options);
  }
  // Queries that are pending when the connection ends reject with a number.
  if (typeof error === 'number' || message === 'Connection Closed') {
    return new SendFailed({ kind: 'not_sent' }, 'The connection ended before the message was written', options);
  }
  const reason = reasonOf(message, output?.statusCode, data);
  return new SendFailed({ kind: 'not_sent', reason }, `${reason} ${message}`, options);
};

/**
 * Whether what Baileys rejected may work later as it is: the connection ended, or WhatsApp did not answer, had a failure, or limits how often it is asked.
 */
export const mayWorkLater = (error: unknown): boolean => {
  const { data, output } = (error ?? {}) as {
    readonly data?: unknown;
    readonly output?: { readonly statusCode?: number };
  };
  const sent = notWritten(error).outcome;
  if (sent.kind === 'not_sent' && sent.reason === undefined) return true;
  return output?.statusCode === timedOut || (typeof data === 'number' && (data === limited || data >= 500));
};

const reasonOf = (message: string, statusCode: number | undefined, data: unknown): string => {
  if (message.includes('encryptions failed')) return 'WhatsApp has no keys of the recipient’s devices.';
  if (data === limited) return 'WhatsApp limits how often it may be asked about recipients.';
  if (statusCode === timedOut) return 'WhatsApp did not answer where to send it.';
  return 'The message could not be prepared.';
};
