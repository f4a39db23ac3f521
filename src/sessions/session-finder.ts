import { Injectable } from '@nestjs/common';
import { NotConnected } from '#lib/whatsapp';
import { QueryBus } from '../platform/bus/query-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import { Streams } from '../platform/streams/streams.js';
import { Documents } from '../platform/views/documents.js';
import type { LinkedSession, LinkedSessions } from './linked-sessions.contract.js';
import { sessionDecider } from './session.decider.js';
import { shownSession } from './session-document.rules.js';
import type { GetSession, OnlySession, SessionView } from './session-view.contract.js';
import { sessionDocuments } from './sessions.projection.js';

@Injectable()
export class SessionFinder implements LinkedSessions {
  constructor(
    private readonly queries: QueryBus,
    private readonly streams: Streams,
    private readonly documents: Documents,
  ) {}

  async of(
    { userId, sessionId }: Parameters<LinkedSessions['of']>[0],
    context: CommandContext,
  ): Promise<LinkedSession> {
    const session =
      sessionId === undefined
        ? await this.queries.execute<OnlySession>({ type: 'OnlySession', data: { userId } }, context)
        : await this.queries.execute<GetSession>({ type: 'GetSession', data: { sessionId, userId } }, context);
    if (session.phoneNumber === null || !session.linked) throw new NotConnected(session.id);
    return { sessionId: session.id, userId, account: session.phoneNumber };
  }

  async reported(sessionId: string): Promise<SessionView | undefined> {
    // Settings count for whatever comes once they were answered, which the view may not show yet.
    const { position } = await this.streams.state(sessionDecider, sessionId);
    const session = await this.documents.get(sessionDocuments, sessionId, position);
    return session && shownSession(session);
  }
}
