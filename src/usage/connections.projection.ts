import { projection } from '#lib/event-sourcing';
import { collection, put, remove, type Write } from '#lib/read-models';
import { sessionEvents, type SessionEvent } from '../sessions/session.contract.js';
import { standing, type ConnectionDocument } from './usage.contract.js';

/** From when to when sessions were connected. Nothing personal: it stays when a user is deleted. */
export const connections = collection<ConnectionDocument>({
  name: 'connections',
  version: 1,
  indexes: [['userId', 'until'], ['until']],
});

type Ended = { readonly sessionId: string; readonly userId: string; readonly connectedSince?: string | undefined };

/** What was recorded before ends told since when is not counted. */
const ended = ({ sessionId, userId, connectedSince: since }: Ended, until: string): readonly Write[] =>
  since === undefined
    ? [remove(sessionId)]
    : [remove(sessionId), put(`${sessionId} ${since}`, { sessionId, userId, since, until })];

export const connectionsProjection = projection<SessionEvent, ConnectionDocument>({
  into: connections,
  from: [sessionEvents],
  on: {
    SessionConnected: ({ data: { sessionId, userId, connectedAt: since } }) =>
      put(sessionId, { sessionId, userId, since, until: standing }),
    SessionDisconnected: ({ data }) => ended(data, data.disconnectedAt),
    SessionRestarted: ({ data }) => ended(data, data.restartedAt),
    SessionPaused: ({ data }) => ended(data, data.pausedAt),
    SessionStopped: ({ data }) => ended(data, data.stoppedAt),
    SessionLoggedOut: ({ data }) => ended(data, data.loggedOutAt),
    SessionDeleted: ({ data }) => ended(data, data.deletedAt),
  },
});
