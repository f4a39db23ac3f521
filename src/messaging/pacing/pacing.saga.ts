import { saga } from '#lib/event-sourcing';
import { userEvents, type UserEvent } from '../../identity/user.contract.js';
import { sessionEvents, type SessionEvent } from '../../sessions/session.contract.js';
import type { ReconsiderPacing } from '../message.commands.js';

/** Messages that wait because of their pacing are looked at again when it changes. */
export const pacingSaga = saga<SessionEvent | UserEvent, ReconsiderPacing>({
  name: 'changed-pacing',
  // At a start, all messages are looked at.
  startFrom: 'now',
  from: [sessionEvents, userEvents],
  on: {
    SessionConfigured: ({ data: { sessionId }, position }) => [
      { type: 'ReconsiderPacing', data: { sessionId, position } },
    ],
    SessionRestricted: ({ data: { sessionId }, position }) => [
      { type: 'ReconsiderPacing', data: { sessionId, position } },
    ],
    UserTimeZoneChanged: ({ position }) => [{ type: 'ReconsiderPacing', data: { sessionId: null, position } }],
    UserPacingChanged: ({ position }) => [{ type: 'ReconsiderPacing', data: { sessionId: null, position } }],
  },
});
