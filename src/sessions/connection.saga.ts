import { saga } from '#lib/event-sourcing';
import type { ConnectionCommand } from './connection.commands.js';
import { sessionEvents, type SessionEvent } from './session.contract.js';

/** Lets the connection follow what was decided for the session. */
export const connectionSaga = saga<SessionEvent, ConnectionCommand>({
  name: 'session-connections',
  // An old restart would end today's connection. Sessions that are to be connected are found in the view at every start.
  startFrom: 'now',
  from: [sessionEvents],
  on: {
    SessionInitialized: ({ data: { sessionId, start } }) => [{ type: 'StartConnection', data: { sessionId, start } }],
    SessionRestarted: ({ data: { sessionId, start } }) => [{ type: 'StartConnection', data: { sessionId, start } }],
    SessionReconnectScheduled: ({ data: { sessionId, dueAt } }) => [
      { type: 'ScheduleConnection', data: { sessionId, dueAt } },
    ],
    SessionStopped: ({ data: { sessionId } }) => [{ type: 'StopConnection', data: { sessionId } }],
    SessionFailed: ({ data: { sessionId } }) => [{ type: 'StopConnection', data: { sessionId } }],
    PairingExpired: ({ data: { sessionId } }) => [{ type: 'StopConnection', data: { sessionId } }],
    SessionLoggedOut: ({ data: { sessionId, by } }) => [
      { type: by === 'phone' ? 'ForgetConnection' : 'UnlinkConnection', data: { sessionId } },
    ],
    SessionDeleted: ({ data: { sessionId } }) => [{ type: 'UnlinkConnection', data: { sessionId } }],
  },
});
