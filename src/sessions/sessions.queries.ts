import { DomainError } from '#lib/event-sourcing';
import { queryHandler } from '../platform/context-definition.js';
import type { GetSession, ListSessions } from './session-view.contract.js';
import { sessions } from './sessions.projection.js';

export const sessionQueries = {
  GetSession: queryHandler<GetSession>({
    reads: [sessions],
    answer: async ({ sessionId, userId }, models) => {
      const session = await models.get(sessions, sessionId);
      if (session && (userId === undefined || session.userId === userId)) return session;
      throw new DomainError('not_found', 'session_not_found', 'There is no such session');
    },
  }),
  ListSessions: queryHandler<ListSessions>({
    reads: [sessions],
    answer: ({ userId, status, ...page }, models) =>
      models.find(sessions, {
        where: { ...(userId !== undefined && { userId }), ...(status !== undefined && { status }) },
        ...page,
      }),
  }),
};
