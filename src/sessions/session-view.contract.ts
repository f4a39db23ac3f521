import type { Page } from '#lib/read-models';
import type { Query } from '#lib/event-sourcing';
import type { SessionStatus } from './session.contract.js';

/** A session as it is seen. The account's fields are null while it is not linked; the number is known before where a code is asked for. */
export type SessionView = {
  readonly id: string;
  readonly userId: string;
  readonly name: string | null;
  readonly status: SessionStatus;
  readonly pairing: 'qr' | 'code';
  /** It can connect, and be sent messages to, without a new QR or code. */
  readonly linked: boolean;
  readonly phoneNumber: string | null;
  readonly pushName: string | null;
  readonly jid: string | null;
  readonly lid: string | null;
  readonly platform: string | null;
  readonly connectedAt: string | null;
  readonly lastSeenAt: string | null;
  /** Why it is not connected, in words. */
  readonly reason: string | null;
  /** 0 where it is not trying to come back. */
  readonly reconnectAttempt: number;
  readonly nextAttemptAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
};

/** Of one user where `userId` is given: another's is not found. @throws {DomainError} `session_not_found` */
export type GetSession = Query<'GetSession', { readonly sessionId: string; readonly userId?: string }, SessionView>;

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
