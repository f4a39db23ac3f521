import { DomainError } from '#lib/event-sourcing';
import { QueryFailed } from '#lib/whatsapp';
import { Refuses, type DocumentedProblem } from '../../platform/openapi/answers.js';
import { refusalOfQuestion, sessionRefusals } from '../../platform/http/session-refusals.js';

/** The problems that the routes of an account may answer, as they are documented. */
export const refusals = {
  ...sessionRefusals,
  refused: { status: 422, code: 'account_change_refused', detail: 'WhatsApp refused it with code 406' },
  invalidRecipient: {
    status: 422,
    code: 'invalid_recipient',
    detail: 'Must be a phone number, or the address of a person',
  },
  notOnWhatsApp: { status: 422, code: 'not_on_whatsapp', detail: 'WhatsApp does not know this number' },
  mediaNotFound: { status: 422, code: 'media_not_found', detail: 'There is no such file' },
  mediaTypeRefused: { status: 422, code: 'media_type_refused', detail: 'The file is no picture that can be shown' },
} as const satisfies { readonly [name: string]: DocumentedProblem };

/** What every route may answer that asks WhatsApp about an account. */
export const RefusesAboutAccount = (): MethodDecorator =>
  Refuses(refusals.sessionNotFound, refusals.notConnected, refusals.slowedDown, refusals.noAnswer);

/** Asks WhatsApp for a caller. @throws {DomainError} or another refusal, where the question failed */
export const asking = async <Answer>(question: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await question();
  } catch (error) {
    throw isRefused(error)
      ? new DomainError('refused', refusals.refused.code, whyRefused(error))
      : refusalOfQuestion(error);
  }
};

const slowedDown = 429;

const isRefused = (error: unknown): error is QueryFailed =>
  error instanceof QueryFailed && error.code !== null && error.code < 500 && error.code !== slowedDown;

const unknownPerson = 404;

const whyRefused = ({ code }: QueryFailed): string =>
  code === unknownPerson
    ? 'WhatsApp does not know this person, or has not told both their number and their LID, which it takes to block them'
    : `WhatsApp refused it with code ${code}`;
