import { projection } from '#lib/event-sourcing';
import { collection, patch, put, remove } from '#lib/read-models';
import type { SessionDocument } from './session-document.rules.js';
import { sessionEvents, type PauseReason, type SessionEvent, type SessionRequest } from './session.contract.js';
import { usualSettings } from './settings.contract.js';
import { slotEvents, type SlotEvent } from './slots.contract.js';

/** Every session that was not deleted. */
export const sessions = collection<SessionDocument>({
  name: 'sessions',
  version: 8,
  indexes: [['userId', 'status'], ['status']],
});

const change = (sessionId: string, at: string, changed: Partial<SessionDocument>) =>
  patch(sessionId, { ...changed, updatedAt: at });

const noAccount = { linked: false, accountNumber: null, pushName: null, jid: null, lid: null, platform: null } as const;
const notReconnecting = { connectedAt: null, reconnectAttempt: 0, nextAttemptAt: null } as const;

const newSession = (
  {
    sessionId: id,
    phoneNumber: pairingNumber,
    proxy = null,
    settings,
    metadata,
    ...request
  }: SessionRequest & { readonly sessionId: string },
  createdAt: string,
): SessionDocument => ({
  id,
  status: 'initializing',
  ...noAccount,
  ...notReconnecting,
  ...request,
  pairingNumber,
  lastSeenAt: null,
  reason: null,
  settings: { ...usualSettings, ...settings, proxySet: proxy !== null },
  metadata: metadata ?? {},
  restrictions: [],
  createdAt,
  updatedAt: createdAt,
});

export const sessionsProjection = projection<SessionEvent | SlotEvent, SessionDocument>({
  into: sessions,
  from: [sessionEvents, slotEvents],
  on: {
    SessionSlotTaken: ({ data: { takenAt, ...data } }) => put(data.sessionId, newSession(data, takenAt)),
    // The same once more: so a session is made from its own stream, too.
    SessionInitialized: ({ data: { initializedAt, start: _start, ...data } }) =>
      put(data.sessionId, newSession(data, initializedAt)),
    SessionSlotReleased: ({ data: { sessionId } }) => remove(sessionId),
    SessionConfigured: ({ data: { sessionId, name, settings, metadata, configuredAt } }) =>
      change(sessionId, configuredAt, { name, settings, metadata }),
    QrIssued: ({ data: { sessionId, issuedAt } }) =>
      change(sessionId, issuedAt, { ...notReconnecting, status: 'awaiting_scan', reason: null }),
    PairingCodeIssued: ({ data: { sessionId, issuedAt } }) =>
      change(sessionId, issuedAt, { ...notReconnecting, status: 'awaiting_scan', reason: null }),
    PairingExpired: ({ data: { sessionId, detail, expiredAt } }) =>
      change(sessionId, expiredAt, { ...notReconnecting, status: 'failed', reason: detail }),
    SessionPaired: ({ data: { sessionId, userId: _user, phoneNumber: accountNumber, pairedAt, ...account } }) =>
      change(sessionId, pairedAt, {
        ...account,
        accountNumber,
        status: 'connecting',
        linked: true,
        lastSeenAt: pairedAt,
        restrictions: [],
      }),
    SessionConnected: ({ data: { sessionId, userId: _user, phoneNumber: accountNumber, connectedAt, ...account } }) =>
      change(sessionId, connectedAt, {
        ...account,
        accountNumber,
        ...notReconnecting,
        status: 'connected',
        linked: true,
        connectedAt,
        lastSeenAt: connectedAt,
        reason: null,
      }),
    SessionRestricted: ({ data: { sessionId, restrictions, restrictedAt } }) =>
      change(sessionId, restrictedAt, { restrictions }),
    SessionRenamed: ({ data: { sessionId, pushName, renamedAt } }) => change(sessionId, renamedAt, { pushName }),
    SessionDisconnected: ({ data: { sessionId, detail, disconnectedAt } }) =>
      change(sessionId, disconnectedAt, { status: 'reconnecting', connectedAt: null, reason: detail }),
    SessionReconnectScheduled: ({ data: { sessionId, attempt, dueAt, scheduledAt } }) =>
      change(sessionId, scheduledAt, { reconnectAttempt: attempt, nextAttemptAt: dueAt }),
    SessionRestarted: ({ data: { sessionId, linked, restartedAt } }) =>
      change(sessionId, restartedAt, {
        ...notReconnecting,
        status: linked ? 'connecting' : 'initializing',
        reason: null,
      }),
    SessionPaused: ({ data: { sessionId, wasConnected, why = 'user_inactive', pausedAt } }) =>
      wasConnected
        ? change(sessionId, pausedAt, { ...notReconnecting, status: 'stopped', reason: pauseInWords[why] })
        : [],
    SessionResumed: ({ data: { sessionId, connects, linked, resumedAt } }) =>
      connects ? change(sessionId, resumedAt, { status: linked ? 'connecting' : 'initializing', reason: null }) : [],
    SessionStopped: ({ data: { sessionId, stoppedAt } }) =>
      change(sessionId, stoppedAt, {
        ...notReconnecting,
        status: 'stopped',
        reason: 'The session was stopped. It can be started again.',
      }),
    SessionLoggedOut: ({ data: { sessionId, detail, loggedOutAt } }) =>
      change(sessionId, loggedOutAt, { ...noAccount, ...notReconnecting, status: 'logged_out', reason: detail }),
    SessionFailed: ({ data: { sessionId, detail, failedAt } }) =>
      change(sessionId, failedAt, { ...notReconnecting, status: 'failed', reason: detail }),
    SessionDeleted: ({ data: { sessionId } }) => remove(sessionId),
  },
});

const pauseInWords = {
  user_inactive: 'The user is deactivated. The session connects again when they are activated.',
  restored: 'This is a restored copy. The session connects again when an admin lets the copy go on.',
} as const satisfies { readonly [why in PauseReason]: string };

export const sessionDocuments = { view: sessions, projection: sessionsProjection, stream: sessionEvents };
