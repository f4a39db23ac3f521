import type { Attempt } from '../delivery.contract.js';
import type { Answered } from './requests.js';

type Code = NonNullable<Attempt['code']>;

/** No request was made. */
export type Unmade = Answered & { readonly unmade: true; readonly code: Code };

const problems: Readonly<Record<Code, string>> = {
  event_unreadable: 'The event cannot be read any more',
  session_deleted: 'The session was deleted',
  secret_missing: 'The webhook has no secret any more: rotate it',
  request_not_made: 'The request could not be made: an error of the service, which its log tells',
};

export const unmade = (code: Code): Unmade => ({
  at: new Date(),
  ms: 0,
  ending: { status: null, problem: problems[code] },
  answer: null,
  unmade: true,
  code,
});

/** What keeps a request from being made, and does not pass by itself. */
export class Obstacle {
  constructor(readonly cause: unknown) {}
}
