import { DomainError } from '#lib/event-sourcing';
import { ConnectionLost, NotConnected, QueryFailed } from '#lib/whatsapp';
import { Limited, NotAnswered } from './refusals.js';
import type { DocumentedProblem } from '../openapi/answers.js';

/** What routes answer that ask WhatsApp something over a session, as it is documented. */
export const sessionRefusals = {
  sessionNotFound: { status: 404, code: 'session_not_found', detail: 'There is no such session' },
  sessionRequired: {
    status: 422,
    code: 'session_required',
    detail: 'Say which session: you have none, or more than one',
  },
  notConnected: { status: 409, code: 'session_not_connected', detail: 'The session is not connected to WhatsApp' },
  slowedDown: {
    status: 429,
    code: 'whatsapp_rate_limited',
    detail: 'WhatsApp slows this account down: too many questions',
  },
  noAnswer: {
    status: 503,
    code: 'not_ready',
    detail: 'WhatsApp did not answer: what it was asked to do may be done, or not',
  },
} as const satisfies { readonly [name: string]: DocumentedProblem };

const slowedDownSeconds = 60;

/** What a caller is told where a question to WhatsApp failed. Any other error is answered unchanged. */
export const refusalOfQuestion = (error: unknown): unknown => {
  const { notConnected, slowedDown, noAnswer } = sessionRefusals;
  if (error instanceof ConnectionLost) return new NotAnswered(noAnswer.detail);
  if (error instanceof NotConnected) return new DomainError('conflict', notConnected.code, notConnected.detail);
  if (!(error instanceof QueryFailed)) return error;
  return error.code === 429
    ? new Limited(slowedDown.code, slowedDown.detail, slowedDownSeconds)
    : new NotAnswered(noAnswer.detail);
};
