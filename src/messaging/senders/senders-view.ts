import { memoryView } from '#lib/subscriptions';
import { userEvents, type UserEvent } from '../../identity/user.contract.js';
import { sessionEvents, type SessionEvent } from '../../sessions/session.contract.js';

export type SenderSession = {
  readonly sessionId: string;
  readonly userId: string;
  /** Messages can be sent from it, now or once it is connected again. */
  readonly linked: boolean;
};

type SendersTables = {
  readonly sessions: Map<string, SenderSession>;
  readonly sessionsOfUser: Map<string, readonly string[]>;
  readonly maxMessagesPerDay: Map<string, number>;
};

const setLinked = ({ sessions }: SendersTables, sessionId: string, linked: boolean): void => {
  const session = sessions.get(sessionId);
  if (session && session.linked !== linked) sessions.set(sessionId, { ...session, linked });
};

/** Which sessions messages can be sent from, and the users' daily limits. */
export const sendersView = memoryView<SendersTables, SessionEvent | UserEvent>({
  name: 'senders',
  version: 1,
  from: [sessionEvents, userEvents],
  tables: () => ({ sessions: new Map(), sessionsOfUser: new Map(), maxMessagesPerDay: new Map() }),
  on: {
    SessionInitialized: ({ sessions, sessionsOfUser }, { data: { sessionId, userId } }) => {
      if (sessions.has(sessionId)) return;
      sessions.set(sessionId, { sessionId, userId, linked: false });
      sessionsOfUser.set(userId, [...(sessionsOfUser.get(userId) ?? []), sessionId]);
    },
    SessionPaired: (tables, { data }) => setLinked(tables, data.sessionId, true),
    SessionConnected: (tables, { data }) => setLinked(tables, data.sessionId, true),
    SessionLoggedOut: (tables, { data }) => setLinked(tables, data.sessionId, false),
    SessionRestarted: (tables, { data }) => setLinked(tables, data.sessionId, data.linked),
    SessionDeleted: ({ sessions, sessionsOfUser }, { data: { sessionId, userId } }) => {
      sessions.delete(sessionId);
      const others = (sessionsOfUser.get(userId) ?? []).filter((id) => id !== sessionId);
      if (others.length > 0) sessionsOfUser.set(userId, others);
      else sessionsOfUser.delete(userId);
    },
    UserRegistered: ({ maxMessagesPerDay }, { data: { userId, limits } }) =>
      void maxMessagesPerDay.set(userId, limits.maxMessagesPerDay),
    UserLimitsChanged: ({ maxMessagesPerDay }, { data: { userId, limits } }) =>
      void maxMessagesPerDay.set(userId, limits.maxMessagesPerDay),
    UserDeleted: ({ maxMessagesPerDay }, { data: { userId } }) => void maxMessagesPerDay.delete(userId),
  },
});
