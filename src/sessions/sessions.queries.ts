import { DomainError } from '#lib/event-sourcing';
import { documentQueryHandler, queryHandler } from '../platform/context-definition.js';
import { shownSession, type SessionDocument } from './session-document.rules.js';
import type { GetSession, ListSessions, OnlySession } from './session-view.contract.js';
import { sessionDocuments, sessions } from './sessions.projection.js';

export const sessionQueries = {
  GetSession: documentQueryHandler<GetSession, SessionDocument>({
    of: sessionDocuments,
    id: ({ sessionId }) => sessionId,
    answer: (session, { userId }) => {
      if (session && (userId === undefined || session.userId === userId)) return shownSession(session);
      throw new DomainError('not_found', 'session_not_found', 'There is no such session');
    },
  }),
  OnlySession: queryHandler<OnlySession>({
    reads: [sessions],
    answer: async ({ userId }, models) => {
      const { data } = await models.find(sessions, { where: { userId }, limit: 2 });
      const [session, another] = data;
      if (session && !another) return shownSession(session);
      throw new DomainError('refused', 'session_required', 'Say which session: you have none, or more than one');
    },
  }),
  ListSessions: queryHandler<ListSessions>({
    reads: [sessions],
    answer: async ({ userId, status, ...page }, models) => {
      const where = { ...(userId !== undefined && { userId }), ...(status !== undefined && { status }) };
      const { data, ...found } = await models.find(sessions, { where, ...page });
      return { ...found, data: data.map(shownSession) };
    },
  }),
};
