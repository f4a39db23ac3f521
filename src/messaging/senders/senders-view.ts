import { memoryView } from '#lib/subscriptions';
import { apiKeyEvents, type ApiKeyEvent } from '../../identity/api-key.contract.js';
import { userEvents, type UserEvent, type UserLimits } from '../../identity/user.contract.js';
import { sessionEvents, type SessionEvent } from '../../sessions/session.contract.js';
import { usualSettings, type SessionSettings } from '../../sessions/settings.contract.js';

export type SenderSession = {
  readonly sessionId: string;
  readonly userId: string;
  /** The phone number (E.164) of the account that it is linked to; null where it is not linked. */
  readonly account: string | null;
  /** The chats that nothing is recorded of: see `isIgnored`. */
  readonly ignore: readonly string[];
  readonly downloadMedia: SessionSettings['downloadMedia'];
  readonly readReceipts: boolean;
};

/** What a user may send. */
export type SenderUser = Pick<UserLimits, 'maxMessagesPerDay' | 'maxMessagesPerMinute' | 'maxRecipientsPerDay'> & {
  readonly timeZone: string;
};

type SendersTables = {
  readonly sessions: Map<string, SenderSession>;
  readonly sessionsOfUser: Map<string, readonly string[]>;
  readonly users: Map<string, SenderUser>;
  readonly inactiveUsers: Map<string, true>;
  /** Keys whose revocation cancels what they left unsent. */
  readonly canceledKeys: Map<string, true>;
};

type Heeded = Pick<SenderSession, 'ignore' | 'downloadMedia' | 'readReceipts'>;

const heeded = ({ ignore, downloadMedia, readReceipts }: SessionSettings): Heeded => ({
  ignore,
  downloadMedia,
  readReceipts,
});

const quotas = ({
  maxMessagesPerDay,
  maxMessagesPerMinute,
  maxRecipientsPerDay,
}: UserLimits): Omit<SenderUser, 'timeZone'> => ({ maxMessagesPerDay, maxMessagesPerMinute, maxRecipientsPerDay });

const change = (users: SendersTables['users'], userId: string, changed: Partial<SenderUser>): void => {
  const known = users.get(userId);
  if (known) users.set(userId, { ...known, ...changed });
};

const setAccount = ({ sessions }: SendersTables, sessionId: string, account: string | null): void => {
  const session = sessions.get(sessionId);
  if (session && session.account !== account) sessions.set(sessionId, { ...session, account });
};

/** Which sessions messages can be sent from, the users' daily limits, and of whom nothing is sent. */
export const sendersView = memoryView<SendersTables, SessionEvent | UserEvent | ApiKeyEvent>({
  name: 'senders',
  version: 8,
  from: [sessionEvents, userEvents, apiKeyEvents],
  tables: () => ({
    sessions: new Map(),
    sessionsOfUser: new Map(),
    users: new Map(),
    inactiveUsers: new Map(),
    canceledKeys: new Map(),
  }),
  on: {
    SessionInitialized: ({ sessions, sessionsOfUser }, { data: { sessionId, userId } }) => {
      if (sessions.has(sessionId)) return;
      sessions.set(sessionId, { sessionId, userId, account: null, ...heeded(usualSettings) });
      sessionsOfUser.set(userId, [...(sessionsOfUser.get(userId) ?? []), sessionId]);
    },
    SessionConfigured: ({ sessions }, { data: { sessionId, settings } }) => {
      const session = sessions.get(sessionId);
      if (session) sessions.set(sessionId, { ...session, ...heeded(settings) });
    },
    SessionPaired: (tables, { data }) => setAccount(tables, data.sessionId, data.phoneNumber),
    SessionConnected: (tables, { data }) => setAccount(tables, data.sessionId, data.phoneNumber),
    SessionLoggedOut: (tables, { data }) => setAccount(tables, data.sessionId, null),
    SessionDeleted: ({ sessions, sessionsOfUser }, { data: { sessionId, userId } }) => {
      sessions.delete(sessionId);
      const others = (sessionsOfUser.get(userId) ?? []).filter((id) => id !== sessionId);
      if (others.length > 0) sessionsOfUser.set(userId, others);
      else sessionsOfUser.delete(userId);
    },
    UserRegistered: ({ users }, { data: { userId, limits, timeZone } }) =>
      void users.set(userId, { ...quotas(limits), timeZone }),
    UserLimitsChanged: ({ users }, { data: { userId, limits } }) => change(users, userId, quotas(limits)),
    UserTimeZoneChanged: ({ users }, { data: { userId, timeZone } }) => change(users, userId, { timeZone }),
    UserDeactivated: ({ inactiveUsers }, { data: { userId } }) => void inactiveUsers.set(userId, true),
    UserActivated: ({ inactiveUsers }, { data: { userId } }) => void inactiveUsers.delete(userId),
    ApiKeyRevoked: ({ canceledKeys }, { data: { keyId, cancelUnsent } }) =>
      void (cancelUnsent && canceledKeys.set(keyId, true)),
    UserDeleted: ({ users, inactiveUsers }, { data: { userId } }) => {
      users.delete(userId);
      inactiveUsers.delete(userId);
    },
  },
});
