import { NotConnected } from '#lib/whatsapp';
import type { QueryBus } from '../platform/bus/query-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import type { GetSession, OnlySession } from './session-view.contract.js';

/** A session and the phone number (E.164) of its account. */
export type LinkedSession = { readonly sessionId: string; readonly userId: string; readonly account: string };

/**
 * The session that a request is about: without `sessionId`, the user's only one.
 * @throws {DomainError} `session_not_found`, `session_required` @throws {NotConnected} it is not linked to an account
 */
export const findLinkedSession = async (
  queries: QueryBus,
  context: CommandContext,
  { userId, sessionId }: { readonly userId: string; readonly sessionId: string | undefined },
): Promise<LinkedSession> => {
  const session =
    sessionId === undefined
      ? await queries.execute<OnlySession>({ type: 'OnlySession', data: { userId } }, context)
      : await queries.execute<GetSession>({ type: 'GetSession', data: { sessionId, userId } }, context);
  if (session.phoneNumber === null || !session.linked) throw new NotConnected(session.id);
  return { sessionId: session.id, userId, account: session.phoneNumber };
};
