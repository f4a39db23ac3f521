import { sessionRefusals } from '../../platform/http/session-refusals.js';
import type { DocumentedProblem } from '../../platform/openapi/answers.js';

/** The problems that the routes of sessions may answer, for their documentation. */
export const refusals = {
  ...sessionRefusals,
  userInactive: {
    status: 409,
    code: 'user_inactive',
    detail: 'The user is deactivated: the session waits until they are active',
  },
  restoredCopy: {
    status: 409,
    code: 'restored_copy',
    detail: 'This is a restored copy: the session waits until an admin lets it go on',
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
} as const satisfies { readonly [name: string]: DocumentedProblem };
