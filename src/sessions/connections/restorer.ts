import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import type { WhatsAppConnections } from '#lib/whatsapp';
import { CommandContext } from '../../platform/command-context.js';
import type { Stores } from '../../platform/stores.js';
import { Subscriptions } from '../../platform/subscriptions.js';
import { LOG, STORES } from '../../platform/tokens.js';
import type { SessionView } from '../session-view.contract.js';
import { isToConnect } from '../session.rules.js';
import { sessionStatuses } from '../session.contract.js';
import { sessions } from '../sessions.projection.js';
import { WHATSAPP } from '../whatsapp/tokens.js';
import { ConnectionStatuses } from '../whatsapp/connection-statuses.js';
import { ConnectionSupervisor } from './connection-supervisor.js';

/** So many sessions connect at a time: all at once, they would outlast each other's timeouts and keep HTTP waiting. */
const atOnce = 8;
/** How long one may hold up the next, in milliseconds. */
const patience = 20_000;
const pageSize = 500;

/** Takes up, at the start of the service, the sessions that were to be connected when it ended, however that was. */
@Injectable()
export class Restorer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private isOver = false;

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(LOG) private readonly log: Log,
    @Inject(WHATSAPP) private readonly whatsapp: WhatsAppConnections,
    private readonly subscriptions: Subscriptions,
    private readonly supervisor: ConnectionSupervisor,
    private readonly connections: ConnectionStatuses,
  ) {}

  /** Does not keep the service waiting. */
  onApplicationBootstrap(): void {
    this.restore(CommandContext.new({ kind: 'system', id: 'restore' })).catch((error: unknown) => {
      if (!this.isOver) this.log.error({ err: error }, 'Not all sessions could be taken up again');
    });
  }

  beforeApplicationShutdown(): void {
    this.isOver = true;
  }

  private async restore(context: CommandContext): Promise<void> {
    const found = await this.toConnect();
    if (found.length === 0) return;
    this.log.info({ sessions: found.length }, 'Connecting the sessions again');
    const started = performance.now();
    await Promise.all(found.map((sessionId) => this.supervisor.interrupt(context, sessionId)));
    const waiting = [...found];
    const take = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined && !this.isOver; next = waiting.shift()) {
        await this.connect(context, next);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, take));
    const seconds = Math.round(performance.now() - started) / 1000;
    if (!this.isOver) this.log.info({ sessions: found.length, seconds }, 'All sessions were taken up');
  }

  private async toConnect(): Promise<readonly string[]> {
    const view = this.subscriptions.named(sessions.name);
    const head = await this.stores.events.head();
    while (!(await view.reached(head, patience)) && !this.isOver) {
      this.log.warn({ view: view.name }, 'Sessions wait for their view before they connect again');
    }
    const found: string[] = [];
    const where = { status: { in: sessionStatuses.filter(isToConnect) } };
    let cursor: string | null = null;
    do {
      const page: { data: readonly SessionView[]; next: string | null } = await this.stores.models.find(sessions, {
        where,
        sort: { field: 'id', order: 'asc' },
        limit: pageSize,
        ...(cursor !== null && { cursor }),
      });
      found.push(...page.data.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== null);
    return found;
  }

  private async connect(context: CommandContext, sessionId: string): Promise<void> {
    if (this.whatsapp.connection(sessionId)) return; // somebody started it since
    const settled = this.connections.settled(sessionId, patience);
    if (await this.supervisor.start(context, sessionId)) await settled;
  }
}
