import { z } from 'zod';
import { event, eventTypes, type Command, type EventOf } from '#lib/event-sourcing';

/** Where a session is. Those of the first line are to be connected, the others wait for somebody. */
export const sessionStatuses = [
  ...(['initializing', 'awaiting_scan', 'connecting', 'connected', 'reconnecting'] as const),
  ...(['stopped', 'logged_out', 'failed'] as const),
] as const;
export type SessionStatus = (typeof sessionStatuses)[number];

export const Pairing = z.enum(['qr', 'code']);
export type Pairing = z.output<typeof Pairing>;

const time = z.iso.datetime();
const ofSession = { sessionId: z.uuid(), userId: z.uuid() };
/** Numbers the starts of a session, from 1: a caller starts it, by creating or restarting it. Reconnecting is no start. */
const start = z.int().min(1);

/** The WhatsApp account that a session is linked to. */
const account = {
  phoneNumber: z.string(),
  jid: z.string(),
  lid: z.string().nullable(),
  pushName: z.string().nullable(),
  platform: z.string().nullable(),
};
const ofAccount = { subject: 'userId', fields: ['phoneNumber', 'jid', 'lid', 'pushName'] } as const;

/** Why a connection ended: the reasons of `#lib/whatsapp`, and `service_restarted`. `detail` is a sentence. */
const cause = { reason: z.string(), code: z.int().nullable(), detail: z.string() };

/** What happens to one session. No QR, no pairing code and no credential is ever in here. */
export const sessionEvents = eventTypes('session', {
  SessionInitialized: event(
    z.object({
      ...ofSession,
      name: z.string().nullable(),
      pairing: Pairing,
      phoneNumber: z.string().nullable(),
      start,
      initializedAt: time,
    }),
    { personal: { subject: 'userId', fields: ['name', 'phoneNumber'] } },
  ),
  QrIssued: event(z.object({ ...ofSession, expiresAt: time, issuedAt: time })),
  PairingCodeIssued: event(z.object({ ...ofSession, expiresAt: time, issuedAt: time })),
  PairingExpired: event(z.object({ ...ofSession, detail: z.string(), expiredAt: time })),
  SessionPaired: event(z.object({ ...ofSession, ...account, pairedAt: time }), { personal: ofAccount }),
  SessionConnected: event(z.object({ ...ofSession, ...account, connectedAt: time }), { personal: ofAccount }),
  SessionRenamed: event(z.object({ ...ofSession, pushName: z.string().nullable(), renamedAt: time }), {
    personal: { subject: 'userId', fields: ['pushName'] },
  }),
  SessionDisconnected: event(z.object({ ...ofSession, ...cause, willReconnect: z.boolean(), disconnectedAt: time })),
  SessionReconnectScheduled: event(
    z.object({ ...ofSession, attempt: z.int(), delayMs: z.int(), dueAt: time, scheduledAt: time }),
  ),
  SessionRestarted: event(z.object({ ...ofSession, linked: z.boolean(), start, restartedAt: time })),
  SessionStopped: event(z.object({ ...ofSession, stoppedAt: time })),
  SessionLoggedOut: event(
    z.object({ ...ofSession, by: z.enum(['phone', 'caller']), detail: z.string(), loggedOutAt: time }),
  ),
  SessionFailed: event(z.object({ ...ofSession, ...cause, failedAt: time })),
  SessionDeleted: event(z.object({ ...ofSession, deletedAt: time })),
});
export type SessionEvent = EventOf<typeof sessionEvents>;

export type SessionAccount = Readonly<z.output<z.ZodObject<typeof account>>>;

type For<Data = object> = Data & { readonly sessionId: string; readonly at: string };

/** What a session is asked for with. `phoneNumber` is whose phone a pairing code is for. */
export type SessionRequest = {
  readonly userId: string;
  readonly name: string | null;
  readonly pairing: Pairing;
  readonly phoneNumber: string | null;
};

/** Its slot is taken already: see `TakeSessionSlot`. */
export type InitSession = Command<'InitSession', For<SessionRequest>>;
/** Connects, again or anew. A session that is not linked shows a new QR or code. */
export type RestartSession = Command<'RestartSession', For>;
/** Ends the connection and keeps the link. */
export type StopSession = Command<'StopSession', For>;
/** Ends the connection and the link. */
export type LogOutSession = Command<'LogOutSession', For>;
/** For good, with everything that was stored. */
export type DeleteSession = Command<'DeleteSession', For>;

/** What a connection told. `start` counts which start of the session it is from, the first being 1; null where nobody knows. */
type Told<Data> = For<Data & { readonly start: number | null }>;

export type RecordQrIssued = Command<'RecordQrIssued', Told<{ readonly expiresAt: string }>>;
export type RecordPairingCodeIssued = Command<'RecordPairingCodeIssued', Told<{ readonly expiresAt: string }>>;
export type RecordSessionPaired = Command<'RecordSessionPaired', Told<{ readonly account: SessionAccount }>>;
export type RecordSessionConnected = Command<'RecordSessionConnected', Told<{ readonly account: SessionAccount }>>;
export type RecordSessionRenamed = Command<'RecordSessionRenamed', Told<{ readonly account: SessionAccount }>>;
/** `chance`, from 0 to 1, spreads those that were disconnected together. */
export type RecordSessionDisconnected = Command<
  'RecordSessionDisconnected',
  Told<{
    readonly reason: string;
    readonly code: number | null;
    readonly detail: string;
    readonly retry: 'at_once' | 'later' | 'never';
    readonly chance: number;
  }>
>;
/** The process that held the connection is gone; another one takes the session up. */
export type RecordSessionInterrupted = Command<'RecordSessionInterrupted', For>;

export type SessionCommand =
  | InitSession
  | RestartSession
  | StopSession
  | LogOutSession
  | DeleteSession
  | RecordQrIssued
  | RecordPairingCodeIssued
  | RecordSessionPaired
  | RecordSessionConnected
  | RecordSessionRenamed
  | RecordSessionDisconnected
  | RecordSessionInterrupted;
