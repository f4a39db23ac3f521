import type { CommandContext } from '../platform/command-context.js';
import type { SessionView } from './session-view.contract.js';

/** Injects `LinkedSessions`. */
export const LINKED_SESSIONS = Symbol('linked sessions');

/** A session and the phone number (E.164) of its account. */
export type LinkedSession = { readonly sessionId: string; readonly userId: string; readonly account: string };

/** Finds the sessions that requests and WhatsApp's reports are about. */
export type LinkedSessions = {
  /**
   * Without `sessionId`, the user's only one.
   * @throws {DomainError} `session_not_found`, `session_required` @throws {NotConnected} it is not linked to an account
   */
  of(
    request: { readonly userId: string; readonly sessionId: string | undefined },
    context: CommandContext,
  ): Promise<LinkedSession>;

  /** The session that WhatsApp reports something of; undefined where it was deleted. @throws {Transient} */
  reported(sessionId: string): Promise<SessionView | undefined>;
};
