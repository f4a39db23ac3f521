import { decider, DomainError } from '#lib/event-sourcing';
import { overruledBy, waitsFor } from './pause.rules.js';
import { isNothingNew, mayHavePassed, nextAttempt, reconnectWaitMs } from './reconnect.rules.js';
import type { RecordSessionDisconnected, SessionCommand } from './session.commands.js';
import { sessionEvents, type SessionEvent } from './session.contract.js';
import { restrictionDecided } from './restrictions.rules.js';
import { interruption, isSameConfiguration, shouldBeConnected } from './session.rules.js';
import { isLive, type LiveSession, type SessionState } from './session-state.rules.js';
import { usualSettings } from './settings.contract.js';

export const sessionDecider = decider<SessionCommand, SessionEvent, SessionState>({
  events: sessionEvents,
  idOf: ({ data }) => data.sessionId,
  initialState: { status: 'none' },
  snapshotVersion: 7,

  decide: {
    InitSession: ({ settings, metadata, at, ...data }, session) => {
      if (session.status !== 'none') return [];
      const { sessionId, userId, name, proxy = null } = data;
      const configured = {
        sessionId,
        userId,
        name,
        proxy,
        settings: { ...usualSettings, ...settings, proxySet: proxy !== null },
        metadata: metadata ?? {},
        configuredAt: at,
      };
      return [
        { type: 'SessionInitialized', data: { ...data, start: 1, initializedAt: at } },
        ...(settings || metadata ? [{ type: 'SessionConfigured' as const, data: configured }] : []),
      ];
    },
    ConfigureSession: ({ name, settings, proxy, metadata, at, ...asked }, session) => {
      const { of, ended, ...before } = found(session, asked);
      const nextProxy = proxy === undefined ? before.proxy : proxy;
      const after = {
        name: name === undefined ? before.name : name,
        settings: { ...before.settings, ...settings, proxySet: nextProxy !== null },
        proxy: nextProxy,
        metadata: metadata ?? before.metadata,
      };
      if (isSameConfiguration(before, after)) return [];
      const { linked, start, status } = before;
      const reconnects = nextProxy !== before.proxy && shouldBeConnected(status);
      const restarted = { ...of, ...ended, linked, start: start + 1, restartedAt: at };
      return [
        { type: 'SessionConfigured', data: { ...of, ...after, configuredAt: at } },
        ...(reconnects ? [{ type: 'SessionRestarted' as const, data: restarted }] : []),
      ];
    },
    RecordProfileChange: ({ change, at, ...asked }, session) => {
      const { of } = found(session, asked);
      const { name = null, about = null, pictureMediaId = null } = change;
      const pictureRemoved = change.pictureMediaId === null;
      return [{ type: 'ProfileChanged', data: { ...of, name, about, pictureMediaId, pictureRemoved, changedAt: at } }];
    },
    RestartSession: ({ at, ...asked }, session) => {
      const { of, ended, linked, start, pause } = found(session, asked);
      if (pause) throw waitsFor(pause.why);
      return [{ type: 'SessionRestarted', data: { ...of, ...ended, linked, start: start + 1, restartedAt: at } }];
    },
    StopSession: ({ at, ...asked }, session) => {
      const { of, ended, status, pause } = found(session, asked);
      return shouldBeConnected(status) || pause?.wasConnected === true
        ? [{ type: 'SessionStopped', data: { ...of, ...ended, stoppedAt: at } }]
        : [];
    },
    LogOutSession: ({ at, ...asked }, session) => {
      const { of, ended, status } = found(session, asked);
      if (status === 'logged_out') return [];
      const detail = 'The session was logged out: start it again to link a phone.';
      return [{ type: 'SessionLoggedOut', data: { ...of, ...ended, by: 'caller', detail, loggedOutAt: at } }];
    },
    RetryFailedSession: ({ at, ...asked }, session) => {
      const { of, status, linked, start, reason, pause } = found(session, asked);
      return status === 'failed' && linked && !pause && mayHavePassed(reason)
        ? [{ type: 'SessionRestarted', data: { ...of, linked, start: start + 1, restartedAt: at } }]
        : [];
    },
    DeleteSession: ({ at, unlessLinked = false, ...asked }, session) => {
      if (session.status === 'deleted' || (unlessLinked && isLive(session) && session.linked)) return [];
      const { of, ended } = found(session, asked);
      return [{ type: 'SessionDeleted', data: { ...of, ...ended, deletedAt: at } }];
    },
    PauseSession: ({ sessionId, why, at }, session) => {
      if (!isLive(session) || (session.pause && session.pause.why !== overruledBy(why))) return [];
      const { userId, status, pause } = session;
      const wasConnected = pause?.wasConnected ?? shouldBeConnected(status);
      const of = { sessionId, userId, ...endedIn(session) };
      return [{ type: 'SessionPaused', data: { ...of, wasConnected, ...(why && { why }), pausedAt: at } }];
    },
    ResumeSession: ({ sessionId, why = 'user_inactive', at }, session) => {
      if (!isLive(session) || session.pause?.why !== why) return [];
      const { userId, linked, start, pause } = session;
      const connects = pause.wasConnected;
      const data = { sessionId, userId, connects, linked, start: connects ? start + 1 : start, resumedAt: at };
      return [{ type: 'SessionResumed', data }];
    },

    RecordQrIssued: ({ start, at, ...data }, session) =>
      ofPresentConnection(session, start, ({ userId }) => [
        { type: 'QrIssued', data: { ...data, userId, issuedAt: at } },
      ]),
    RecordPairingCodeIssued: ({ start, at, ...data }, session) =>
      ofPresentConnection(session, start, ({ userId }) => [
        { type: 'PairingCodeIssued', data: { ...data, userId, issuedAt: at } },
      ]),
    RecordSessionPaired: ({ sessionId, account, start, at }, session) =>
      ofPresentConnection(session, start, ({ userId, linked }) =>
        linked ? [] : [{ type: 'SessionPaired', data: { sessionId, userId, ...account, pairedAt: at } }],
      ),
    RecordSessionConnected: ({ sessionId, account, start, at }, session) =>
      ofPresentConnection(session, start, ({ userId, status }) =>
        status === 'connected'
          ? []
          : [{ type: 'SessionConnected', data: { sessionId, userId, ...account, connectedAt: at } }],
      ),
    RecordSessionRenamed: ({ sessionId, account: { pushName }, start, at }, session) =>
      ofPresentConnection(session, start, ({ userId, pushName: before }) =>
        pushName === before ? [] : [{ type: 'SessionRenamed', data: { sessionId, userId, pushName, renamedAt: at } }],
      ),
    RecordRestriction: (data, session) =>
      ofPresentConnection(session, data.start, (live) => restrictionDecided(data, live)),
    RecordSessionDisconnected: (data, session) =>
      ofPresentConnection(session, data.start, (live) => (data.reason === 'stopped' ? [] : disconnected(data, live))),
    RecordSessionInterrupted: ({ sessionId, at }, session) =>
      ofPresentConnection(session, null, (live) => {
        if (live.status !== 'connected') return [];
        const of = { sessionId, userId: live.userId, ...endedIn(live) };
        const data = { ...of, ...interruption, willReconnect: true, disconnectedAt: at };
        return [{ type: 'SessionDisconnected', data }];
      }),
  },

  evolve: {
    SessionInitialized: (_none, { userId, name, pairing, phoneNumber, proxy = null, start }) => ({
      status: 'initializing',
      userId,
      name,
      settings: { ...usualSettings, proxySet: proxy !== null },
      proxy,
      metadata: {},
      pairByCode: pairing === 'code' ? phoneNumber : null,
      linked: false,
      mustUnlink: false,
      pushName: null,
      restrictions: [],
      start,
      attempts: 0,
      connectedAt: null,
      nextAttemptAt: null,
      reason: null,
      pause: null,
    }),
    SessionConfigured: (session, { name, settings, proxy, metadata }) =>
      change(session, { name, settings, proxy, metadata }),
    ProfileChanged: (session) => session,
    QrIssued: (session) => change(session, { status: 'awaiting_scan', mustUnlink: false }),
    PairingCodeIssued: (session) => change(session, { status: 'awaiting_scan', mustUnlink: false }),
    PairingExpired: (session) => change(session, { status: 'failed' }),
    SessionPaired: (session, { pushName }) =>
      change(session, { status: 'connecting', linked: true, mustUnlink: false, pushName, restrictions: [] }),
    SessionConnected: (session, { pushName, connectedAt }) =>
      change(session, {
        status: 'connected',
        linked: true,
        mustUnlink: false,
        pushName,
        connectedAt,
        nextAttemptAt: null,
      }),
    SessionRestricted: (session, { restrictions }) => change(session, { restrictions }),
    SessionRenamed: (session, { pushName }) => change(session, { pushName }),
    SessionDisconnected: (session, { reason }) =>
      change(session, { status: 'reconnecting', connectedAt: null, reason }),
    SessionReconnectScheduled: (session, { attempt, dueAt }) =>
      change(session, { attempts: attempt, nextAttemptAt: dueAt }),
    SessionRestarted: (session, { linked, start }) => change(session, started(linked, start)),
    SessionPaused: (session, { wasConnected, why = 'user_inactive' }) =>
      change(session, {
        ...(wasConnected && { status: 'stopped', connectedAt: null, nextAttemptAt: null }),
        pause: { why, wasConnected },
      }),
    SessionResumed: (session, { connects, linked, start }) =>
      change(session, { ...(connects && started(linked, start)), pause: null }),
    SessionStopped: (session) => change(session, { status: 'stopped', connectedAt: null, ...staysAfterPause(session) }),
    SessionLoggedOut: (session) =>
      change(session, {
        status: 'logged_out',
        linked: false,
        mustUnlink: true,
        pushName: null,
        connectedAt: null,
        ...staysAfterPause(session),
      }),
    SessionFailed: (session) => change(session, { status: 'failed', connectedAt: null }),
    // It is unlinked by way of its proxy, too.
    SessionDeleted: (session, { userId }) => ({
      status: 'deleted',
      userId,
      proxy: isLive(session) ? session.proxy : null,
    }),
  },
});

/** A session that was stopped or logged out during a pause does not connect at its end. */
const staysAfterPause = (session: SessionState): Partial<LiveSession> =>
  isLive(session) && session.pause ? { pause: { ...session.pause, wasConnected: false } } : {};

/** What a new start changes. */
const started = (linked: boolean, start: number): Partial<LiveSession> => ({
  status: linked ? 'connecting' : 'initializing',
  start,
  attempts: 0,
  connectedAt: null,
  nextAttemptAt: null,
});

/** What follows from the end of a connection. */
const disconnected = (
  { sessionId, retry, chance, start: _start, at, ...cause }: RecordSessionDisconnected['data'],
  live: LiveSession,
): readonly SessionEvent[] => {
  const { userId, linked, status, attempts, connectedAt, reason: before } = live;
  const of = { sessionId, userId };
  if (cause.reason === 'pairing_expired' && !linked) {
    return [{ type: 'PairingExpired', data: { ...of, detail: cause.detail, expiredAt: at } }];
  }
  const willReconnect = retry !== 'never';
  if (willReconnect && status === 'reconnecting' && isNothingNew(attempts, cause.reason, before)) return [];
  const end: SessionEvent = {
    type: 'SessionDisconnected',
    data: { ...of, ...cause, ...endedIn(live), willReconnect, disconnectedAt: at },
  };
  if (willReconnect) {
    const attempt = nextAttempt(attempts, connectedAt, at);
    const delayMs = reconnectWaitMs(attempt, { reason: cause.reason, retry, chance });
    const dueAt = new Date(Date.parse(at) + delayMs).toISOString();
    return [end, { type: 'SessionReconnectScheduled', data: { ...of, attempt, delayMs, dueAt, scheduledAt: at } }];
  }
  if (cause.reason === 'logged_out') {
    return [end, { type: 'SessionLoggedOut', data: { ...of, by: 'phone', detail: cause.detail, loggedOutAt: at } }];
  }
  return [end, { type: 'SessionFailed', data: { ...of, ...cause, failedAt: at } }];
};

/** Reports of a connection that should not exist any more, or that belongs to an earlier start, come too late to matter. */
const ofPresentConnection = (
  session: SessionState,
  start: number | null,
  decide: (session: LiveSession) => readonly SessionEvent[],
): readonly SessionEvent[] => {
  const isPresent = isLive(session) && shouldBeConnected(session.status) && (start ?? session.start) >= session.start;
  return isPresent ? decide(session) : [];
};

/** What the end of a connection tells of it. */
const endedIn = ({ connectedAt }: LiveSession): { readonly connectedSince?: string } =>
  connectedAt === null ? {} : { connectedSince: connectedAt };

/** The session that a caller asks for; `of` is how its events name it, `ended` what they tell of a connection that they end. */
const found = (
  session: SessionState,
  { sessionId, userId }: { readonly sessionId: string; readonly userId?: string },
): LiveSession & {
  readonly of: { readonly sessionId: string; readonly userId: string };
  readonly ended: ReturnType<typeof endedIn>;
} => {
  if (isLive(session) && (userId === undefined || userId === session.userId)) {
    return { ...session, of: { sessionId, userId: session.userId }, ended: endedIn(session) };
  }
  throw new DomainError('not_found', 'session_not_found', 'There is no such session');
};

const change = (session: SessionState, changed: Partial<LiveSession>): SessionState =>
  isLive(session) ? { ...session, ...changed } : session;
