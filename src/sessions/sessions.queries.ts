import { DomainError } from '#lib/event-sourcing';
import { documentQueryHandler, queryHandler } from '../platform/context-definition.js';
import type { GetSession, ListSessions, OnlySession, SessionView } from './session-view.contract.js';
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
  OnlySession: queryHandler<OnlySession>({
    reads: [sessions],
    answer: async ({ userId }, models) => {
      const { data } = await models.find(sessions, { where: { userId }, limit: 2 });
      const [session, another] = data;
      if (session && !another) return session;
      throw new DomainError('refused', 'session_required', 'Say which session: you have none, or more than one');
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
