import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import { keyedQueue } from '#lib/async';
import type { WhatsAppConnections } from '#lib/whatsapp';
import { CommandBus } from '../platform/bus/command-bus.js';
import { QueryBus } from '../platform/bus/query-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import type { GetUser } from '../identity/user.contract.js';
import { CONFIG } from '../platform/tokens.js';
import type { GetSession, ListSessions, SessionPage, SessionView } from './session-view.contract.js';
import type { SessionCommand, SessionRequest } from './session.contract.js';
import type { TakeSessionSlot } from './slots.contract.js';
import { PairingOffers } from './whatsapp/pairing-offers.js';
import { WHATSAPP } from './whatsapp.contract.js';

/** What callers do with sessions. Of one user where `userId` is given: another's is not found. */
@Injectable()
export class SessionService {
  /** One after the other, so that many who ask at once do not make each other try again. */
  private readonly taking = keyedQueue();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(WHATSAPP) private readonly whatsapp: WhatsAppConnections,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly offers: PairingOffers,
  ) {}

  /** Called again with the same id after a crash: goes on. @throws {DomainError} `session_limit_reached`, `service_full` */
  async create(context: CommandContext, sessionId: string, request: SessionRequest): Promise<void> {
    const user: GetUser = { type: 'GetUser', data: { userId: request.userId } };
    const { limits } = await this.queries.execute<GetUser>(user, context);
    const at = new Date().toISOString();
    const take: TakeSessionSlot = {
      type: 'TakeSessionSlot',
      data: {
        sessionId,
        ...request,
        userLimit: limits.maxSessions,
        globalLimit: this.config.WAYBILL_MAX_SESSIONS,
        at,
      },
    };
    await this.taking.run('slots', () => this.commands.execute(take, context));
    const init: SessionCommand = { type: 'InitSession', data: { sessionId, ...request, at } };
    await this.commands.execute(init, context);
  }

  /** @throws {DomainError} `session_not_found` */
  async find(context: CommandContext, sessionId: string, userId?: string): Promise<SessionView> {
    const data = { sessionId, ...(userId !== undefined && { userId }) };
    return this.asOfNow(await this.queries.execute<GetSession>({ type: 'GetSession', data }, context));
  }

  async list(context: CommandContext, data: ListSessions['data']): Promise<SessionPage> {
    const page = await this.queries.execute<ListSessions>({ type: 'ListSessions', data }, context);
    return { ...page, data: page.data.map((session) => this.asOfNow(session)) };
  }

  /** Answers the session as it is then. @throws {DomainError} `session_not_found` */
  async change(
    context: CommandContext,
    type: 'RestartSession' | 'StopSession' | 'LogOutSession',
    sessionId: string,
    userId?: string,
  ): Promise<SessionView> {
    await this.find(context, sessionId, userId);
    const command: SessionCommand = { type, data: { sessionId, at: new Date().toISOString() } };
    await this.commands.execute(command, context);
    this.offers.forget(sessionId);
    return this.find(context, sessionId, userId);
  }

  /** @throws {DomainError} `session_not_found` */
  async delete(context: CommandContext, sessionId: string, userId: string): Promise<void> {
    await this.find(context, sessionId, userId);
    const command: SessionCommand = { type: 'DeleteSession', data: { sessionId, at: new Date().toISOString() } };
    await this.commands.execute(command, context);
  }

  /** When WhatsApp was heard last is in no event: it changes all the time. */
  private asOfNow(session: SessionView): SessionView {
    const lastSeenAt = this.whatsapp.connection(session.id)?.lastSeenAt;
    return lastSeenAt ? { ...session, lastSeenAt } : session;
  }
}
