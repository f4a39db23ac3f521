import { cursorUnknown } from '../../platform/log-cursor.js';

/** The refusals of these routes, for the OpenAPI document. */
export const refusals = {
  sessionNotFound: { status: 404, code: 'session_not_found', detail: 'There is no such session' },
  cursorAhead: { status: 409, code: 'cursor_ahead', detail: 'The log ends before that event: begin anew' },
  cursorUnknown,
};
