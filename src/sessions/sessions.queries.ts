import { DomainError } from '#lib/event-sourcing';
import { documentQueryHandler, queryHandler } from '../platform/context-definition.js';
import type { GetSession, ListSessions, SessionView } from './session-view.contract.js';
import { sessionDocuments, sessions } from './sessions.projection.js';

export const sessionQueries = {
  GetSession: documentQueryHandler<GetSession, SessionView>({
    of: sessionDocuments,
    id: ({ sessionId }) => sessionId,
    answer: (session, { userId }) => {
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
