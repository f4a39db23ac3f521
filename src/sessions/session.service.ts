import { Inject, Injectable } from '@nestjs/common';
import type { WhatsAppConnections } from '#lib/whatsapp';
import { CommandBus } from '../platform/bus/command-bus.js';
import { QueryBus } from '../platform/bus/query-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import type { GetSession, ListSessions, SessionPage, SessionView } from './session-view.contract.js';
import type { LogOutSession, RestartSession, StopSession } from './session.contract.js';
import { restrictionsAt } from './restriction.contract.js';
import { ShownPacing } from './shown-pacing.js';
import { WHATSAPP } from './whatsapp/tokens.js';

/** Sessions as callers see them at this moment: the view, and what changes too often to be recorded. */
@Injectable()
export class SessionService {
  constructor(
    @Inject(WHATSAPP) private readonly whatsapp: WhatsAppConnections,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly pacing: ShownPacing,
  ) {}

  /** Where `userId` is given, another user's session is not found. @throws {DomainError} `session_not_found` */
  async find(context: CommandContext, sessionId: string, userId?: string): Promise<SessionView> {
    const data = { sessionId, ...(userId !== undefined && { userId }) };
    return this.asOfNow(await this.queries.execute<GetSession>({ type: 'GetSession', data }, context));
  }

  async list(context: CommandContext, data: ListSessions['data']): Promise<SessionPage> {
    const page = await this.queries.execute<ListSessions>({ type: 'ListSessions', data }, context);
    return { ...page, data: page.data.map((session) => this.asOfNow(session)) };
  }

  /** Resolves with the session as it is afterwards. @throws {DomainError} `session_not_found` */
  async change(
    context: CommandContext,
    type: 'RestartSession' | 'StopSession' | 'LogOutSession',
    sessionId: string,
    userId?: string,
  ): Promise<SessionView> {
    const data = { sessionId, ...(userId !== undefined && { userId }), at: new Date().toISOString() };
    const command: RestartSession | StopSession | LogOutSession = { type, data };
    await this.commands.execute(command, context);
    return this.find(context, sessionId, userId);
  }

  /** Restrictions end by themselves. When WhatsApp was last heard from, and how fast it sends, is in no event: it changes all the time. */
  private asOfNow(session: SessionView): SessionView {
    const lastSeenAt = this.whatsapp.connection(session.id)?.lastSeenAt;
    const pacing = this.pacing.of(session.id);
    const restrictions = restrictionsAt(session.restrictions, new Date().toISOString());
    return { ...session, restrictions, ...(lastSeenAt && { lastSeenAt }), ...(pacing && { pacing }) };
  }
}
