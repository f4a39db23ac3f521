import { DomainError, type Refusal } from '#lib/event-sourcing';
import { NotParked } from '#lib/subscriptions';
import { errorClass, type ErrorClass } from '#lib/threads';
import { ViewBehind } from '../views/view-behind.js';

type Refused = { readonly refusal: Refusal; readonly code: string };

/** What callers are told in any process. */
export const platformErrors: readonly ErrorClass[] = [
  errorClass(
    DomainError,
    ({ refusal, code }): Refused => ({ refusal, code }),
    (message, { refusal, code }) => new DomainError(refusal, code, message),
  ),
  errorClass(
    NotParked,
    ({ message }) => message,
    (_message, said) => Object.assign(new NotParked('', 0), { message: said }),
  ),
  errorClass(
    ViewBehind,
    ({ message }) => message,
    (_message, said) => Object.assign(new ViewBehind(''), { message: said }),
  ),
];
