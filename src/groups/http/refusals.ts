import { DomainError, type Refusal } from '#lib/event-sourcing';
import { QueryFailed } from '#lib/whatsapp';
import { Refuses, type DocumentedProblem } from '../../platform/openapi/answers.js';
import { PartlyDone } from '../../platform/http/problem.js';
import { refusalOfQuestion, sessionRefusals } from '../../platform/http/session-refusals.js';

/** The problems that the routes of groups may answer, as they are documented. */
export const refusals = {
  ...sessionRefusals,
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
  mediaNotFound: { status: 422, code: 'media_not_found', detail: 'There is no such file' },
  mediaTypeRefused: { status: 422, code: 'media_type_refused', detail: 'The file is no picture that can be shown' },
} as const satisfies { readonly [name: string]: DocumentedProblem };

/** What every route may answer that asks WhatsApp about a group that is on record. */
export const RefusesAboutGroup = (): MethodDecorator =>
  Refuses(
    refusals.groupNotFound,
    refusals.notInGroup,
    refusals.notConnected,
    refusals.notAllowed,
    refusals.refused,
    refusals.slowedDown,
    refusals.noAnswer,
  );

/** What a caller is told where a question to WhatsApp failed. `missing`: what they asked about, where WhatsApp does not know it. */
const refusalOf = (error: unknown, missing: DomainError): unknown => {
  if (!(error instanceof QueryFailed)) return refusalOfQuestion(error);
  switch (error.code) {
    case 401:
    case 403:
      return refuse('forbidden', refusals.notAllowed);
    case 404:
    case 410:
      return missing;
    default:
      return error.code === null || error.code === 429 || error.code >= 500
        ? refusalOfQuestion(error)
        : new DomainError('refused', refusals.refused.code, `WhatsApp refused it with code ${error.code}`);
  }
};

export const refuse = (refusal: Refusal, { code, detail }: DocumentedProblem): DomainError =>
  new DomainError(refusal, code, detail);

/** Asks WhatsApp for a caller. @throws {DomainError} or another refusal, where the question failed */
export const asking = async <Answer>(
  question: () => Promise<Answer>,
  missing: DomainError = refuse('not_found', refusals.groupNotFound),
): Promise<Answer> => {
  try {
    return await question();
  } catch (error) {
    if (!(error instanceof PartlyDone)) throw refusalOf(error, missing);
    throw new PartlyDone(refusalOf(error.cause, missing), error.results);
  }
};
