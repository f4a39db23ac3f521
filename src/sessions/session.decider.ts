import { decider, DomainError } from '#lib/event-sourcing';
import { nextAttempt, waitBefore } from './reconnect.rules.js';
import {
  sessionEvents,
  type RecordSessionDisconnected,
  type SessionCommand,
  type SessionEvent,
  type SessionStatus,
} from './session.contract.js';
import { isToConnect } from './session.rules.js';

type Known = {
  readonly status: SessionStatus;
  readonly userId: string;
  /** Whose phone is asked for a pairing code; null where the session is paired by QR. */
  readonly pairByCode: string | null;
  readonly linked: boolean;
  /** It was logged out and not linked since: a link that is still stored is to go. */
  readonly mustUnlink: boolean;
  readonly pushName: string | null;
  /** How often it was started by somebody: not by itself, after its connection was lost. */
  readonly starts: number;
  /** Attempts to connect again that led to no connection that lasted. */
  readonly attempts: number;
  readonly connectedAt: string | null;
};

export type Session = { readonly status: 'none' } | { readonly status: 'deleted'; readonly userId: string } | Known;

export const sessionDecider = decider<SessionCommand, SessionEvent, Session>({
  events: sessionEvents,
  idOf: ({ data }) => data.sessionId,
  initialState: { status: 'none' },

  decide: {
    InitSession: ({ at, ...data }, session) => {
      if (session.status === 'none') return [{ type: 'SessionInitialized', data: { ...data, initializedAt: at } }];
      // Asked for again after it was deleted: told again, so that the slot that was taken for it is given back.
      return session.status === 'deleted' ? [deleted(data.sessionId, session.userId, at)] : [];
    },
    RestartSession: ({ sessionId, at }, session) => {
      const { userId, linked } = known(session);
      return [{ type: 'SessionRestarted', data: { sessionId, userId, linked, restartedAt: at } }];
    },
    StopSession: ({ sessionId, at }, session) => {
      const { status, userId } = known(session);
      return isToConnect(status) ? [{ type: 'SessionStopped', data: { sessionId, userId, stoppedAt: at } }] : [];
    },
    LogOutSession: ({ sessionId, at }, session) => {
      const { status, userId } = known(session);
      if (status === 'logged_out') return [];
      const detail = 'The session was logged out: start it again to link a phone.';
      return [{ type: 'SessionLoggedOut', data: { sessionId, userId, by: 'caller', detail, loggedOutAt: at } }];
    },
    DeleteSession: ({ sessionId, at }, session) =>
      session.status === 'deleted' ? [] : [deleted(sessionId, known(session).userId, at)],

    RecordQrIssued: ({ start, at, ...data }, session) =>
      whileWanted(session, start, ({ userId }) => [{ type: 'QrIssued', data: { ...data, userId, issuedAt: at } }]),
    RecordPairingCodeIssued: ({ start, at, ...data }, session) =>
      whileWanted(session, start, ({ userId }) => [
        { type: 'PairingCodeIssued', data: { ...data, userId, issuedAt: at } },
      ]),
    RecordSessionPaired: ({ sessionId, account, start, at }, session) =>
      whileWanted(session, start, ({ userId, linked }) =>
        linked ? [] : [{ type: 'SessionPaired', data: { sessionId, userId, ...account, pairedAt: at } }],
      ),
    RecordSessionConnected: ({ sessionId, account, start, at }, session) =>
      whileWanted(session, start, ({ userId, status }) =>
        status === 'connected'
          ? []
          : [{ type: 'SessionConnected', data: { sessionId, userId, ...account, connectedAt: at } }],
      ),
    RecordSessionRenamed: ({ sessionId, account: { pushName }, start, at }, session) =>
      whileWanted(session, start, ({ userId, pushName: before }) =>
        pushName === before ? [] : [{ type: 'SessionRenamed', data: { sessionId, userId, pushName, renamedAt: at } }],
      ),
    RecordSessionDisconnected: (data, session) =>
      whileWanted(session, data.start, (known) => (data.reason === 'stopped' ? [] : disconnected(data, known))),
    RecordSessionInterrupted: ({ sessionId, at }, session) =>
      whileWanted(session, null, ({ userId, status }) =>
        status === 'connected'
          ? [
              {
                type: 'SessionDisconnected',
                data: { sessionId, userId, ...interruption, willReconnect: true, disconnectedAt: at },
              },
            ]
          : [],
      ),
  },

  evolve: {
    SessionInitialized: (_none, { userId, pairing, phoneNumber }) => ({
      status: 'initializing',
      userId,
      pairByCode: pairing === 'code' ? phoneNumber : null,
      linked: false,
      mustUnlink: false,
      pushName: null,
      starts: 1,
      attempts: 0,
      connectedAt: null,
    }),
    QrIssued: (session) => change(session, { status: 'awaiting_scan' }),
    PairingCodeIssued: (session) => change(session, { status: 'awaiting_scan' }),
    PairingExpired: (session) => change(session, { status: 'failed' }),
    SessionPaired: (session, { pushName }) =>
      change(session, { status: 'connecting', linked: true, mustUnlink: false, pushName }),
    SessionConnected: (session, { pushName, connectedAt }) =>
      change(session, { status: 'connected', linked: true, mustUnlink: false, pushName, connectedAt }),
    SessionRenamed: (session, { pushName }) => change(session, { pushName }),
    SessionDisconnected: (session) => change(session, { status: 'reconnecting', connectedAt: null }),
    SessionReconnectScheduled: (session, { attempt }) => change(session, { attempts: attempt }),
    SessionRestarted: (session, { linked }) =>
      change(session, {
        status: linked ? 'connecting' : 'initializing',
        starts: 'linked' in session ? session.starts + 1 : 1,
        attempts: 0,
        connectedAt: null,
      }),
    SessionStopped: (session) => change(session, { status: 'stopped', connectedAt: null }),
    SessionLoggedOut: (session) =>
      change(session, { status: 'logged_out', linked: false, mustUnlink: true, pushName: null, connectedAt: null }),
    SessionFailed: (session) => change(session, { status: 'failed', connectedAt: null }),
    SessionDeleted: (_session, { userId }) => ({ status: 'deleted', userId }),
  },
});

const interruption = {
  reason: 'service_restarted',
  code: null,
  detail: 'The service was restarted. The session is being connected again.',
};

/** What a lost connection leads to. */
const disconnected = (
  { sessionId, retry, chance, start: _start, at, ...cause }: RecordSessionDisconnected['data'],
  { userId, linked, attempts, connectedAt }: Known,
): readonly SessionEvent[] => {
  const of = { sessionId, userId };
  if (cause.reason === 'pairing_expired' && !linked) {
    return [{ type: 'PairingExpired', data: { ...of, detail: cause.detail, expiredAt: at } }];
  }
  const willReconnect = retry !== 'never';
  const end: SessionEvent = {
    type: 'SessionDisconnected',
    data: { ...of, ...cause, willReconnect, disconnectedAt: at },
  };
  if (willReconnect) {
    const attempt = nextAttempt(attempts, connectedAt, at);
    const delayMs = waitBefore(attempt, { reason: cause.reason, retry, chance });
    const dueAt = new Date(Date.parse(at) + delayMs).toISOString();
    return [end, { type: 'SessionReconnectScheduled', data: { ...of, attempt, delayMs, dueAt, scheduledAt: at } }];
  }
  if (cause.reason === 'logged_out') {
    return [end, { type: 'SessionLoggedOut', data: { ...of, by: 'phone', detail: cause.detail, loggedOutAt: at } }];
  }
  return [end, { type: 'SessionFailed', data: { ...of, ...cause, failedAt: at } }];
};

const deleted = (sessionId: string, userId: string, at: string): SessionEvent => ({
  type: 'SessionDeleted',
  data: { sessionId, userId, deletedAt: at },
});

/** What is told of a connection that nobody wants any more, or from before the session was started anew, comes too late to matter. */
const whileWanted = (
  session: Session,
  start: number | null,
  decide: (known: Known) => readonly SessionEvent[],
): readonly SessionEvent[] => {
  const isWanted = 'linked' in session && isToConnect(session.status) && (start ?? session.starts) >= session.starts;
  return isWanted ? decide(session) : [];
};

const known = (session: Session): Known => {
  if ('linked' in session) return session;
  throw new DomainError('not_found', 'session_not_found', 'There is no such session');
};

const change = (session: Session, changed: Partial<Known>): Session =>
  'linked' in session ? { ...session, ...changed } : session;
