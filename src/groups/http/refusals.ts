import { ServiceUnavailableException } from '@nestjs/common';
import { DomainError, type Refusal } from '#lib/event-sourcing';
import { NotConnected, QueryFailed } from '#lib/whatsapp';
import { Limited } from '../../platform/http/refusals.js';
import type { DocumentedProblem } from '../../platform/openapi/answers.js';

/** The problems that the routes of groups may answer, as they are documented. */
export const refusals = {
  groupNotFound: { status: 404, code: 'group_not_found', detail: 'There is no such group' },
  notInGroup: { status: 409, code: 'not_in_group', detail: 'The account is not in this group any more' },
  notAllowed: {
    status: 403,
    code: 'group_not_allowed',
    detail: 'WhatsApp does not allow it: only admins of the group may do this',
  },
  inviteNotValid: {
    status: 422,
    code: 'invite_not_valid',
    detail: 'WhatsApp does not know this invite, or it was renewed',
  },
  refused: { status: 422, code: 'group_change_refused', detail: 'WhatsApp refused it with code 406' },
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
  noAnswer: { status: 503, code: 'not_ready', detail: 'WhatsApp did not answer' },
} as const satisfies { readonly [name: string]: DocumentedProblem };

const slowedDownSeconds = 60;

/** What a caller is told where a question to WhatsApp failed. `missing`: what they asked about, where WhatsApp does not know it. */
const refusalOf = (error: unknown, missing: DomainError = refuse('not_found', refusals.groupNotFound)): unknown => {
  if (error instanceof NotConnected) return refuse('conflict', refusals.notConnected);
  if (!(error instanceof QueryFailed)) return error;
  switch (error.code) {
    case 429:
      return new Limited(refusals.slowedDown.code, refusals.slowedDown.detail, slowedDownSeconds);
    case 401:
    case 403:
      return refuse('forbidden', refusals.notAllowed);
    case 404:
    case 410:
      return missing;
    default:
      return error.code === null || error.code >= 500
        ? new ServiceUnavailableException(refusals.noAnswer.detail)
        : new DomainError('refused', refusals.refused.code, `WhatsApp refused it with code ${error.code}`);
  }
};

export const refuse = (refusal: Refusal, { code, detail }: DocumentedProblem): DomainError =>
  new DomainError(refusal, code, detail);

/** Asks WhatsApp for a caller. @throws {DomainError} or another refusal, where the question failed */
export const asking = async <Answer>(question: () => Promise<Answer>, missing?: DomainError): Promise<Answer> => {
  try {
    return await question();
  } catch (error) {
    throw refusalOf(error, missing);
  }
};
