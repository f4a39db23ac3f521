import { DomainError } from '#lib/event-sourcing';
import type { QueryBus } from '../platform/bus/query-bus.js';
import { CommandContext } from '../platform/command-context.js';
import type { GetSession, SessionView } from './session-view.contract.js';

/** The session that WhatsApp reports something of; undefined where it was deleted. @throws {Transient} */
export const findReportedSession = async (queries: QueryBus, sessionId: string): Promise<SessionView | undefined> => {
  const context = CommandContext.new({ kind: 'system', id: 'whatsapp' });
  try {
    return await queries.execute<GetSession>({ type: 'GetSession', data: { sessionId } }, context);
  } catch (error) {
    if (error instanceof DomainError && error.refusal === 'not_found') return undefined;
    throw error;
  }
};
