import type { DocumentedProblem } from '../../platform/openapi/answers.js';

/** The problems that the routes of sessions may answer, for their documentation. */
export const refusals = {
  sessionNotFound: { status: 404, code: 'session_not_found', detail: 'There is no such session' },
  userInactive: {
    status: 409,
    code: 'user_inactive',
    detail: 'The user is deactivated: the session waits until they are active',
  },
  noQr: {
    status: 409,
    code: 'no_qr',
    detail: 'There is no QR to scan at the moment: see the status of the session',
  },
  noPairingCode: {
    status: 409,
    code: 'no_pairing_code',
    detail: 'There is no pairing code at the moment: see the status of the session, and how it is paired',
  },
  limitReached: {
    status: 422,
    code: 'session_limit_reached',
    detail: 'You may have 5 sessions: delete one first',
  },
  serviceFull: { status: 422, code: 'service_full', detail: 'The service has all of its 50 sessions' },
  notConnected: { status: 409, code: 'session_not_connected', detail: 'The session is not connected to WhatsApp' },
  sessionRequired: {
    status: 422,
    code: 'session_required',
    detail: 'Say which session: you have none, or more than one',
  },
  slowedDown: {
    status: 429,
    code: 'whatsapp_rate_limited',
    detail: 'WhatsApp slows this account down: too many questions',
  },
  noAnswer: { status: 503, code: 'not_ready', detail: 'WhatsApp did not answer' },
} as const satisfies { readonly [name: string]: DocumentedProblem };
