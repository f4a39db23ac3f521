import type { DocumentedProblem } from '../../platform/openapi/answers.js';

/** The problems that identity's routes may answer, as documented. */
export const refusals = {
  userNotFound: { status: 404, code: 'user_not_found', detail: 'There is no such user' },
  adminNotFound: { status: 404, code: 'admin_not_found', detail: 'There is no such admin' },
  apiKeyNotFound: { status: 404, code: 'api_key_not_found', detail: 'There is no such API key' },
  emailTaken: { status: 409, code: 'email_taken', detail: 'Another account has this email address' },
  lastOwner: {
    status: 422,
    code: 'last_owner',
    detail: 'The last owner cannot be removed: make another admin an owner first',
  },
  expiresInThePast: { status: 422, code: 'expires_in_the_past', detail: 'A key must expire in the future' },
  wrongPassword: { status: 401, code: 'unauthorized', detail: 'The email address or the password is wrong' },
  wrongCurrentPassword: { status: 422, code: 'wrong_password', detail: 'The current password is wrong' },
  weakPassword: {
    status: 422,
    code: 'weak_password',
    detail:
      'This password is easy to guess: take a longer one that is no common password and has no name of yours in it',
  },
  loginOver: { status: 401, code: 'unauthorized', detail: 'The login has ended: log in again' },
  tooManyLogins: { status: 429, code: 'rate_limited', detail: 'Too many failed logins from this address' },
  lockedOut: {
    status: 429,
    code: 'locked_out',
    detail: 'Too many failed logins: locked out until 2026-11-23T10:01:00.000Z',
  },
} as const satisfies { readonly [name: string]: DocumentedProblem };
