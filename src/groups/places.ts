import { Injectable } from '@nestjs/common';
import { NotConnected } from '#lib/whatsapp';
import { QueryBus } from '../platform/bus/query-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import type { GetSession, OnlySession } from '../sessions/session-view.contract.js';
import type { GroupPlace } from './recorder.js';

/** Finds the session and the account that a request is about. */
@Injectable()
export class Places {
  constructor(private readonly queries: QueryBus) {}

  /**
   * Without `sessionId`, the user's only session. @throws {DomainError} `session_not_found`, `session_required`
   * @throws {NotConnected} the session is not linked to an account
   */
  async of(context: CommandContext, userId: string, sessionId: string | undefined): Promise<GroupPlace> {
    const session =
      sessionId === undefined
        ? await this.queries.execute<OnlySession>({ type: 'OnlySession', data: { userId } }, context)
        : await this.queries.execute<GetSession>({ type: 'GetSession', data: { sessionId, userId } }, context);
    if (session.phoneNumber === null || !session.linked) throw new NotConnected(session.id);
    return { sessionId: session.id, userId, account: session.phoneNumber };
  }
}
