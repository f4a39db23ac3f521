import { z } from 'zod';
import { memoryView } from '#lib/subscriptions';
import { sessionLookup, type OwnedSession } from '../platform/public-events/event-sessions.js';
import { always, asInView, publicResource } from '../platform/public-events/public-resource.js';
import { Session } from './http/sessions.schemas.js';
import { sessionEvents, type SessionEvent } from './session.contract.js';
import { shownSession, type SessionDocument } from './session-document.rules.js';
import { sessionDocuments } from './sessions.projection.js';

const time = z.iso.datetime();

/** What users are told of sessions. */
export const sessionPublicEvents = publicResource<SessionEvent, SessionDocument>({
  stream: sessionEvents,
  evolve: asInView(sessionDocuments),
  present: shownSession,
  schema: Session,
  sessionOf: (document) => {
    const { id, name, phoneNumber, metadata } = shownSession(document);
    return { id, name, phoneNumber, metadata };
  },
  types: {
    'session.initialized': { description: 'It was created.', on: { SessionInitialized: always } },
    'session.qr': {
      description:
        'It shows a new QR (`qr`), or a new pairing code (`code`). Live readers whose key may also write sessions get it with this event, and the present one when they connect; webhooks are only told that there is one.',
      isNews: true,
      more: { qr: z.string().optional(), code: z.string().optional(), expiresAt: time.optional() },
      on: { QrIssued: always, PairingCodeIssued: always },
    },
    'session.paired': { description: 'A phone was linked to it.', on: { SessionPaired: always } },
    'session.connected': { description: 'It is connected to WhatsApp.', on: { SessionConnected: always } },
    'session.restricted': {
      description: 'WhatsApp has restricted the account, or ends that early: `restrictions` says what holds now.',
      on: { SessionRestricted: always },
    },
    'session.disconnected': {
      description: 'Its connection broke: it connects again by itself.',
      on: { SessionDisconnected: always },
    },
    'session.logged_out': {
      description: 'Its link to the phone was removed, there or here.',
      on: { SessionLoggedOut: always },
    },
    'session.failed': {
      description: 'It cannot connect, or nobody scanned its QR in time: `reason` says why.',
      on: { SessionFailed: always, PairingExpired: always },
    },
    'session.stopped': {
      description: 'It was stopped, or paused with its user: its link is kept.',
      on: { SessionStopped: always, SessionPaused: ({ data }) => (data.wasConnected ? {} : undefined) },
    },
    'session.deleted': { description: 'It was deleted: how it was before.', on: { SessionDeleted: always } },
  },
});

type NamedSession = OwnedSession & Pick<SessionDocument, 'pairingNumber'>;
type NamesTables = { readonly sessions: Map<string, NamedSession> };

const change = ({ sessions }: NamesTables, id: string, changed: Partial<NamedSession>): void => {
  const session = sessions.get(id);
  if (session) sessions.set(id, { ...session, ...changed });
};

/** The sessions that were not deleted, as public events name them. */
export const eventSessions = sessionLookup<NamesTables>({
  view: memoryView<NamesTables, SessionEvent>({
    name: 'event-sessions',
    version: 2,
    from: [sessionEvents],
    tables: () => ({ sessions: new Map() }),
    on: {
      SessionInitialized: ({ sessions }, { data: { sessionId: id, userId, name, phoneNumber } }) =>
        void sessions.set(id, { id, userId, name, phoneNumber, pairingNumber: phoneNumber, metadata: {} }),
      SessionConfigured: (tables, { data: { sessionId, name, metadata } }) =>
        change(tables, sessionId, { name, metadata }),
      SessionPaired: (tables, { data: { sessionId, phoneNumber } }) => change(tables, sessionId, { phoneNumber }),
      SessionConnected: (tables, { data: { sessionId, phoneNumber } }) => change(tables, sessionId, { phoneNumber }),
      SessionLoggedOut: (tables, { data: { sessionId } }) =>
        change(tables, sessionId, { phoneNumber: tables.sessions.get(sessionId)?.pairingNumber ?? null }),
      SessionDeleted: ({ sessions }, { data: { sessionId } }) => void sessions.delete(sessionId),
    },
  }),
  of: ({ sessions }, sessionId) => sessions.get(sessionId),
});
