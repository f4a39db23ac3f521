import { Inject, Injectable } from '@nestjs/common';
import { Transient } from '#lib/async';
import type { Log } from '#lib/subscriptions';
import type { WhatsAppConnections } from '#lib/whatsapp';
import { CommandBus } from '../platform/bus/command-bus.js';
import { QueryBus } from '../platform/bus/query-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import { SessionProcess, type Asked } from '../platform/processes/session-process.js';
import { LOG } from '../platform/tokens.js';
import type { GetSession, ListSessions, SessionPage, SessionView } from './session-view.contract.js';
import type { LogOutSession, RestartSession, StopSession } from './session.contract.js';
import { restrictionsAt } from './restriction.contract.js';
import type { PacingStatus } from './pacing-status.contract.js';
import { ShownPacing } from './shown-pacing.js';
import { WHATSAPP } from './whatsapp/tokens.js';

/** What is known of a session where its connection is. `lastSeenAt` is ISO 8601; null where it is not connected. */
type Present = { readonly lastSeenAt: string | null; readonly pacing: PacingStatus | null };

const unknown: Present = { lastSeenAt: null, pacing: null };

/** Nobody waits longer for this, which is not needed to answer. */
const presentTimeoutMs = 1500;

/** Sessions as callers see them at this moment: the view, and what changes too often to be recorded. */
@Injectable()
export class SessionService {
  private readonly asked: Asked<{ present: (sessionIds: readonly string[]) => readonly Present[] }>;

  constructor(
    @Inject(WHATSAPP) whatsapp: WhatsAppConnections,
    @Inject(LOG) private readonly log: Log,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    pacing: ShownPacing,
    sessionProcess: SessionProcess,
  ) {
    const present = (sessionIds: readonly string[]): readonly Present[] =>
      sessionIds.map((sessionId) => ({
        lastSeenAt: whatsapp.connection(sessionId)?.lastSeenAt ?? null,
        pacing: pacing.of(sessionId) ?? null,
      }));
    this.asked = sessionProcess.offer('connections', { present }, { timeoutMs: { present: presentTimeoutMs } });
  }

  /** Where `userId` is given, another user's session is not found. @throws {DomainError} `session_not_found` */
  async find(context: CommandContext, sessionId: string, userId?: string): Promise<SessionView> {
    const data = { sessionId, ...(userId !== undefined && { userId }) };
    const session = await this.queries.execute<GetSession>({ type: 'GetSession', data }, context);
    const [asOfNow] = await this.asOfNow([session]);
    return asOfNow ?? session;
  }

  async list(context: CommandContext, data: ListSessions['data']): Promise<SessionPage> {
    const page = await this.queries.execute<ListSessions>({ type: 'ListSessions', data }, context);
    return { ...page, data: await this.asOfNow(page.data) };
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
  private async asOfNow(sessions: readonly SessionView[]): Promise<readonly SessionView[]> {
    const present = await this.present(sessions.map(({ id }) => id));
    const now = new Date().toISOString();
    return sessions.map((session, index) => {
      const { lastSeenAt, pacing } = present[index] ?? unknown;
      const restrictions = restrictionsAt(session.restrictions, now);
      return { ...session, restrictions, ...(lastSeenAt && { lastSeenAt }), ...(pacing && { pacing }) };
    });
  }

  /** Where it cannot be asked for, the sessions are shown as they are on record. */
  private async present(sessionIds: readonly string[]): Promise<readonly Present[]> {
    if (sessionIds.length === 0) return [];
    try {
      return await this.asked.present(sessionIds);
    } catch (error) {
      if (!(error instanceof Transient)) throw error;
      this.log.info({ err: error }, 'The state of the connections is unknown in this process');
      return [];
    }
  }
}
