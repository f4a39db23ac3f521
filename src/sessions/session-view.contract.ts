import type { Page } from '#lib/read-models';
import type { Query } from '#lib/event-sourcing';
import type { PacingStatus } from './pacing-status.contract.js';
import type { SessionRestriction } from './restriction.contract.js';
import type { SessionStatus } from './session.contract.js';
import type { SessionMetadata, SessionSettings } from './settings.contract.js';

/** A session as the API shows it. The account's fields are null while it is not linked: `phoneNumber` is then what a pairing code is for. */
export type SessionView = {
  readonly id: string;
  readonly userId: string;
  readonly name: string | null;
  readonly status: SessionStatus;
  readonly pairing: 'qr' | 'code';
  /** It can connect, and messages can be queued for it, without a new QR or code. */
  readonly linked: boolean;
  readonly phoneNumber: string | null;
  readonly pushName: string | null;
  readonly jid: string | null;
  readonly lid: string | null;
  readonly platform: string | null;
  readonly connectedAt: string | null;
  readonly lastSeenAt: string | null;
  /** Why it is not connected: a sentence. */
  readonly reason: string | null;
  /** 0 while it is not reconnecting. */
  readonly reconnectAttempt: number;
  readonly nextAttemptAt: string | null;
  readonly settings: SessionSettings;
  readonly metadata: SessionMetadata;
  /** What WhatsApp forbids the account; of what is over, queries answer nothing. */
  readonly restrictions: readonly SessionRestriction[];
  /** At this moment; left out where it is told later. */
  readonly pacing?: PacingStatus;
  readonly createdAt: string;
  readonly updatedAt: string;
};

/** Where `userId` is given, another user's session is not found. @throws {DomainError} `session_not_found` */
export type GetSession = Query<'GetSession', { readonly sessionId: string; readonly userId?: string }, SessionView>;

/** The one session of a user. @throws {DomainError} `session_required` where there is none, or more than one */
export type OnlySession = Query<'OnlySession', { readonly userId: string }, SessionView>;

export type ListSessions = Query<
  'ListSessions',
  {
    readonly userId?: string;
    readonly status?: SessionStatus;
    readonly limit: number;
    readonly cursor?: string;
  },
  SessionPage
>;
export type SessionPage = Page<SessionView>;
