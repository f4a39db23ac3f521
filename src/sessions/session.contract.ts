import { z } from 'zod';
import { type AskedSettings, SealedProxy, SessionMetadata, SessionSettings } from './settings.contract.js';
import { SessionRestriction } from './restriction.contract.js';
import { event, eventTypes, type Command, type EventOf } from '#lib/event-sourcing';

/** What a session is doing. In a status of the first row it is connected, or tries to be; in the others it waits for its user. */
export const sessionStatuses = [
  ...(['initializing', 'awaiting_scan', 'connecting', 'connected', 'reconnecting'] as const),
  ...(['stopped', 'logged_out', 'failed'] as const),
] as const;
export type SessionStatus = (typeof sessionStatuses)[number];

export const Pairing = z.enum(['qr', 'code']);
export type Pairing = z.output<typeof Pairing>;

const time = z.iso.datetime();
const ofSession = { sessionId: z.uuid(), userId: z.uuid() };
/** Numbers the starts of a session, from 1. Creating and restarting it are starts, reconnecting is not. */
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

/** Since when the connection stood that ends with it; absent where there was none, and in what was recorded before this was told. */
const ended = { connectedSince: time.optional() };

/** Why a session waits for somebody: its user is deactivated, or the service is a restored copy. */
const PauseReason = z.enum(['user_inactive', 'restored']);
export type PauseReason = z.output<typeof PauseReason>;

/** What happens to one session. No event holds a QR, a pairing code or a credential. */
export const sessionEvents = eventTypes('session', {
  SessionInitialized: event(
    z.object({
      ...ofSession,
      name: z.string().nullable(),
      pairing: Pairing,
      phoneNumber: z.string().nullable(),
      proxy: SealedProxy.optional(),
      start,
      initializedAt: time,
    }),
    { personal: { subject: 'userId', fields: ['name', 'phoneNumber'] } },
  ),
  /** How it is now; before the first of these, it has the usual settings and no metadata. */
  SessionConfigured: event(
    z.object({
      ...ofSession,
      name: z.string().nullable(),
      settings: SessionSettings,
      proxy: SealedProxy,
      metadata: SessionMetadata,
      configuredAt: time,
    }),
    { personal: { subject: 'userId', fields: ['name', 'settings', 'metadata'] } },
  ),
  QrIssued: event(z.object({ ...ofSession, expiresAt: time, issuedAt: time })),
  PairingCodeIssued: event(z.object({ ...ofSession, expiresAt: time, issuedAt: time })),
  PairingExpired: event(z.object({ ...ofSession, detail: z.string(), expiredAt: time })),
  SessionPaired: event(z.object({ ...ofSession, ...account, pairedAt: time }), { personal: ofAccount }),
  SessionConnected: event(z.object({ ...ofSession, ...account, connectedAt: time }), { personal: ofAccount }),
  SessionRenamed: event(z.object({ ...ofSession, pushName: z.string().nullable(), renamedAt: time }), {
    personal: { subject: 'userId', fields: ['pushName'] },
  }),
  /** A user changed what the account shows of itself, over the session; null: that stayed. */
  ProfileChanged: event(
    z.object({
      ...ofSession,
      name: z.string().nullable(),
      about: z.string().nullable(),
      pictureMediaId: z.uuid().nullable(),
      /** There is no picture any more. */
      pictureRemoved: z.boolean(),
      changedAt: time,
    }),
    { personal: { subject: 'userId', fields: ['name', 'about'] } },
  ),
  /** What WhatsApp forbids the account now: nothing any more, where the list is empty. */
  SessionRestricted: event(
    z.object({ ...ofSession, restrictions: z.array(SessionRestriction).readonly(), restrictedAt: time }),
  ),
  SessionDisconnected: event(
    z.object({ ...ofSession, ...cause, ...ended, willReconnect: z.boolean(), disconnectedAt: time }),
  ),
  SessionReconnectScheduled: event(
    z.object({ ...ofSession, attempt: z.int(), delayMs: z.int(), dueAt: time, scheduledAt: time }),
  ),
  SessionRestarted: event(z.object({ ...ofSession, ...ended, linked: z.boolean(), start, restartedAt: time })),
  SessionStopped: event(z.object({ ...ofSession, ...ended, stoppedAt: time })),
  /** `wasConnected`: it had a connection, or tried to get one, and will again. Without `why`, its user was deactivated. */
  SessionPaused: event(
    z.object({ ...ofSession, ...ended, wasConnected: z.boolean(), why: PauseReason.optional(), pausedAt: time }),
  ),
  /** What it was paused for is over. `connects`: as it was before the pause. */
  SessionResumed: event(z.object({ ...ofSession, connects: z.boolean(), linked: z.boolean(), start, resumedAt: time })),
  SessionLoggedOut: event(
    z.object({ ...ofSession, ...ended, by: z.enum(['phone', 'caller']), detail: z.string(), loggedOutAt: time }),
  ),
  SessionFailed: event(z.object({ ...ofSession, ...cause, failedAt: time })),
  SessionDeleted: event(z.object({ ...ofSession, ...ended, deletedAt: time })),
});
export type SessionEvent = EventOf<typeof sessionEvents>;

export type SessionAccount = Readonly<z.output<z.ZodObject<typeof account>>>;

/** `phoneNumber` is E.164: the phone that a pairing code is for, null where the session is paired by QR. */
export type SessionRequest = {
  readonly userId: string;
  readonly name: string | null;
  readonly pairing: Pairing;
  readonly phoneNumber: string | null;
  /** Sealed; left out where it has none. */
  readonly proxy?: string | null | undefined;
  readonly settings?: AskedSettings | undefined;
  readonly metadata?: SessionMetadata | undefined;
};

/**
 * Creates a session within the limits of its user and of the service, and starts it. Given again with the same id, it changes nothing.
 * @throws {DomainError} `session_limit_reached`, `service_full`, `user_not_found`, `user_inactive`
 */
export type CreateSession = Command<'CreateSession', SessionRequest & { readonly sessionId: string }>;

/** `at` is ISO 8601. Where `userId` is given, another user's session is not found. @throws {DomainError} `session_not_found` */
type ForSession = { readonly sessionId: string; readonly userId?: string; readonly at: string };

/** Connects again, on a new connection. A session that is not linked shows a new QR or code. @throws {DomainError} `user_inactive` */
export type RestartSession = Command<'RestartSession', ForSession>;
/** Changes what is named; settings that are left out stay. */
export type ConfigureSession = Command<
  'ConfigureSession',
  ForSession & {
    readonly name?: string | null;
    readonly settings?: Partial<Omit<SessionSettings, 'proxySet'>>;
    /** Sealed. A session that is connected, or about to be, connects again by way of it; null: without one. */
    readonly proxy?: string | null;
    readonly metadata?: SessionMetadata;
  }
>;
/** What of a profile was changed at WhatsApp; what is left out stayed. */
export type ProfileChange = {
  readonly name?: string;
  readonly about?: string;
  /** Null: the picture was removed. */
  readonly pictureMediaId?: string | null;
};
/** Records what its user changed of the account's profile. */
export type RecordProfileChange = Command<'RecordProfileChange', ForSession & { readonly change: ProfileChange }>;
/** Ends the connection and keeps the link. */
export type StopSession = Command<'StopSession', ForSession>;
/** Ends the connection and the link. */
export type LogOutSession = Command<'LogOutSession', ForSession>;
/** For good, with the link and everything that was stored. `unlessLinked`: does nothing where it is linked by then. */
export type DeleteSession = Command<'DeleteSession', ForSession & { readonly unlessLinked?: true }>;
