import type { Command } from '#lib/event-sourcing';
import type { SessionRestriction } from './restriction.contract.js';
import type {
  ConfigureSession,
  DeleteSession,
  LogOutSession,
  PauseReason,
  RecordProfileChange,
  RestartSession,
  SessionAccount,
  SessionRequest,
  StopSession,
} from './session.contract.js';

type ForSession<Data = object> = Data & { readonly sessionId: string; readonly at: string };

/** The slot of the session was taken before: see `TakeSessionSlot`. Does nothing where the session exists, or existed. */
export type InitSession = Command<'InitSession', ForSession<SessionRequest>>;

/** Ends the connection, until it is resumed. Without `why`, its user was deactivated. */
export type PauseSession = Command<'PauseSession', ForSession<{ readonly why?: PauseReason }>>;
/** What it was paused for is over: connects again where the pause ended a connection. */
export type ResumeSession = Command<'ResumeSession', ForSession<{ readonly why?: PauseReason }>>;

/** The service is a restored copy: pauses all sessions. */
export type PauseAllSessions = Command<'PauseAllSessions', { readonly restoredAt: string; readonly at: string }>;
/** The restored copy goes on: resumes them. */
export type ResumeAllSessions = Command<'ResumeAllSessions', { readonly at: string }>;

/** What a connection reported. `start` is the number of the start of the session that it belongs to; null where that is not known. */
type Reported<Data> = ForSession<Data & { readonly start: number | null }>;

type RecordQrIssued = Command<'RecordQrIssued', Reported<{ readonly expiresAt: string }>>;
type RecordPairingCodeIssued = Command<'RecordPairingCodeIssued', Reported<{ readonly expiresAt: string }>>;
type RecordSessionPaired = Command<'RecordSessionPaired', Reported<{ readonly account: SessionAccount }>>;
type RecordSessionConnected = Command<'RecordSessionConnected', Reported<{ readonly account: SessionAccount }>>;
/** What WhatsApp says of one kind of restriction. */
export type RecordRestriction = Command<
  'RecordRestriction',
  Reported<{ readonly restriction: SessionRestriction & { readonly isActive: boolean } }>
>;
type RecordSessionRenamed = Command<'RecordSessionRenamed', Reported<{ readonly account: SessionAccount }>>;
/** `chance`, from 0 to 1, spreads those that were disconnected together. */
export type RecordSessionDisconnected = Command<
  'RecordSessionDisconnected',
  Reported<{
    readonly reason: string;
    readonly code: number | null;
    readonly detail: string;
    readonly retry: 'at_once' | 'later' | 'never';
    readonly chance: number;
  }>
>;
/** The service starts: a linked session that has failed for a reason that may have passed is started once more. */
export type RetryFailedSession = Command<'RetryFailedSession', ForSession>;
/** The process that held the connection is gone; this one connects the session again. */
export type RecordSessionInterrupted = Command<'RecordSessionInterrupted', ForSession>;

export type SessionCommand =
  | InitSession
  | ConfigureSession
  | RecordProfileChange
  | RestartSession
  | StopSession
  | LogOutSession
  | DeleteSession
  | RetryFailedSession
  | PauseSession
  | ResumeSession
  | RecordQrIssued
  | RecordPairingCodeIssued
  | RecordSessionPaired
  | RecordSessionConnected
  | RecordSessionRenamed
  | RecordRestriction
  | RecordSessionDisconnected
  | RecordSessionInterrupted;
