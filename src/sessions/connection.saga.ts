import { saga } from '#lib/event-sourcing';
import type { ConnectionCommand } from './connection.commands.js';
import { sessionEvents, type SessionEvent } from './session.contract.js';

/** Makes the connection of each session follow what was decided for it. */
export const connectionSaga = saga<SessionEvent, ConnectionCommand>({
  name: 'session-connections',
  // Repeated commands change nothing, and the link of a deleted session that is still stored must be removed.
  startFrom: 'beginning',
  from: [sessionEvents],
  on: {
    SessionInitialized: ({ data: { sessionId, start } }) => [{ type: 'StartConnection', data: { sessionId, start } }],
    SessionRestarted: ({ data: { sessionId, start } }) => [{ type: 'StartConnection', data: { sessionId, start } }],
    SessionReconnectScheduled: ({ data: { sessionId, dueAt } }) => [
      { type: 'ScheduleConnection', data: { sessionId, dueAt } },
    ],
    SessionConnected: ({ data: { sessionId } }) => [{ type: 'ConfigureConnection', data: { sessionId, isNew: true } }],
    SessionConfigured: ({ data: { sessionId } }) => [
      { type: 'ConfigureConnection', data: { sessionId, isNew: false } },
    ],
    // Others see the name with which the session says whether it is online.
    SessionRenamed: ({ data: { sessionId } }) => [{ type: 'ConfigureConnection', data: { sessionId, isNew: false } }],
    SessionStopped: ({ data: { sessionId } }) => [{ type: 'StopConnection', data: { sessionId } }],
    SessionPaused: ({ data: { sessionId } }) => [{ type: 'StopConnection', data: { sessionId } }],
    SessionResumed: ({ data: { sessionId, connects, start } }) =>
      connects ? [{ type: 'StartConnection', data: { sessionId, start } }] : [],
    SessionFailed: ({ data: { sessionId } }) => [{ type: 'StopConnection', data: { sessionId } }],
    PairingExpired: ({ data: { sessionId } }) => [{ type: 'StopConnection', data: { sessionId } }],
    SessionLoggedOut: ({ data: { sessionId, by } }) => [
      { type: by === 'phone' ? 'ForgetConnection' : 'UnlinkConnection', data: { sessionId } },
    ],
    SessionDeleted: ({ data: { sessionId } }) => [{ type: 'UnlinkConnection', data: { sessionId } }],
  },
});
