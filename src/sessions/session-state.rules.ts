import type { SessionRestriction } from './restriction.contract.js';
import type { PauseReason, SessionStatus } from './session.contract.js';
import type { SessionMetadata, SessionSettings } from './settings.contract.js';

/** A session that was created and not deleted. */
export type LiveSession = {
  readonly status: SessionStatus;
  readonly userId: string;
  /** The phone number that a pairing code is for; null where the session is paired by QR. */
  readonly pairByCode: string | null;
  readonly name: string | null;
  readonly settings: SessionSettings;
  /** Sealed. */
  readonly proxy: string | null;
  readonly metadata: SessionMetadata;
  readonly linked: boolean;
  /** It was logged out and has shown no QR or code since: a link that is still stored must go. */
  readonly mustUnlink: boolean;
  readonly pushName: string | null;
  readonly restrictions: readonly SessionRestriction[];
  /** The number of its present start. */
  readonly start: number;
  /** Attempts to reconnect since the last connection that lasted. */
  readonly attempts: number;
  readonly connectedAt: string | null;
  /** When it connects again by itself: ISO 8601. */
  readonly nextAttemptAt: string | null;
  /** Why its last connection ended. */
  readonly reason: string | null;
  /** Set while it waits for somebody. */
  readonly pause: { readonly why: PauseReason; readonly wasConnected: boolean } | null;
};

export type SessionState =
  | { readonly status: 'none' }
  | { readonly status: 'deleted'; readonly userId: string; readonly proxy: string | null }
  | LiveSession;

export const isLive = (session: SessionState): session is LiveSession => 'linked' in session;

/** Whether a session waits for this time (ISO 8601) to connect again. */
export const isWaitingFor = ({ status, nextAttemptAt }: LiveSession, dueAt: string): boolean =>
  status === 'reconnecting' && nextAttemptAt === dueAt;
