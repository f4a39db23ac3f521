import { Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import { NotConnected } from '#lib/whatsapp';
import { QueryBus } from '../platform/bus/query-bus.js';
import { CommandContext } from '../platform/command-context.js';
import type { LinkedSession, LinkedSessions } from './linked-sessions.contract.js';
import type { GetSession, OnlySession, SessionView } from './session-view.contract.js';

@Injectable()
export class SessionFinder implements LinkedSessions {
  constructor(private readonly queries: QueryBus) {}

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
    const context = CommandContext.new({ kind: 'system', id: 'whatsapp' });
    try {
      return await this.queries.execute<GetSession>({ type: 'GetSession', data: { sessionId } }, context);
    } catch (error) {
      if (error instanceof DomainError && error.refusal === 'not_found') return undefined;
      throw error;
    }
  }
}
