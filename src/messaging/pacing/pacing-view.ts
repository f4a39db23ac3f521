import { memoryView } from '#lib/subscriptions';
import type { PacingSettings } from '../../identity/pacing.contract.js';
import { defaultTimeZone, userEvents, type UserEvent } from '../../identity/user.contract.js';
import type { SessionRestriction } from '../../sessions/restriction.contract.js';
import { sessionEvents, type SessionEvent } from '../../sessions/session.contract.js';

type PacedSession = {
  readonly userId: string;
  /** The phone number (E.164) that it is, or was last, linked to. */
  readonly account: string | null;
  readonly pacing: PacingSettings;
  readonly restrictions: readonly SessionRestriction[];
};

type PacingTables = {
  readonly sessions: Map<string, PacedSession>;
  readonly users: Map<string, PacingSettings>;
  /** Of users whose days are not those of UTC. */
  readonly timeZones: Map<string, string>;
  /** When a user first linked a number: ISO 8601. */
  readonly firstLinked: Map<string, string>;
};

export const linkKeyOf = (userId: string, account: string): string => `${userId} ${account}`;

const change = ({ sessions }: PacingTables, sessionId: string, changed: Partial<PacedSession>): void => {
  const session = sessions.get(sessionId);
  if (session) sessions.set(sessionId, { ...session, ...changed });
};

const setTimeZone = ({ timeZones }: PacingTables, userId: string, timeZone: string): void => {
  if (timeZone === defaultTimeZone) timeZones.delete(userId);
  else timeZones.set(userId, timeZone);
};

/** How users and sessions are to be paced, and since when their numbers are linked. */
export const pacingView = memoryView<PacingTables, SessionEvent | UserEvent>({
  name: 'pacing',
  version: 3,
  from: [sessionEvents, userEvents],
  tables: () => ({ sessions: new Map(), users: new Map(), timeZones: new Map(), firstLinked: new Map() }),
  on: {
    SessionInitialized: ({ sessions }, { data: { sessionId, userId } }) => {
      if (!sessions.has(sessionId)) sessions.set(sessionId, { userId, account: null, pacing: {}, restrictions: [] });
    },
    SessionConfigured: (tables, { data: { sessionId, settings } }) =>
      change(tables, sessionId, { pacing: settings.pacing ?? {} }),
    SessionPaired: (tables, { data: { sessionId, userId, phoneNumber, pairedAt } }) => {
      change(tables, sessionId, { account: phoneNumber, restrictions: [] });
      const key = linkKeyOf(userId, phoneNumber);
      if (!tables.firstLinked.has(key)) tables.firstLinked.set(key, pairedAt);
    },
    SessionRestricted: (tables, { data: { sessionId, restrictions } }) => change(tables, sessionId, { restrictions }),
    SessionDeleted: ({ sessions }, { data: { sessionId } }) => void sessions.delete(sessionId),
    UserRegistered: (tables, { data: { userId, timeZone } }) => setTimeZone(tables, userId, timeZone),
    UserTimeZoneChanged: (tables, { data: { userId, timeZone } }) => setTimeZone(tables, userId, timeZone),
    UserPacingChanged: ({ users }, { data: { userId, pacing } }) => void users.set(userId, pacing),
    UserDeleted: ({ users, timeZones, firstLinked }, { data: { userId } }) => {
      users.delete(userId);
      timeZones.delete(userId);
      for (const key of firstLinked.keys()) if (key.startsWith(`${userId} `)) firstLinked.delete(key);
    },
  },
});
