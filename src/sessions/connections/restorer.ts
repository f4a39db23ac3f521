import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { retrying, Transient, usualRetry } from '#lib/async';
import type { Log } from '#lib/subscriptions';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { CommandContext } from '../../platform/command-context.js';
import { Restoration } from '../../platform/restoration/restoration.js';
import { LOG } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import { SessionProcess } from '../../platform/processes/session-process.js';
import { shouldBeConnected } from '../session.rules.js';
import { sessionStatuses } from '../session.contract.js';
import type { RetryFailedSession } from '../session.commands.js';
import { sessions } from '../sessions.projection.js';
import { ConnectionStatuses } from '../whatsapp/connection-statuses.js';
import { ConnectionSupervisor } from './connection-supervisor.js';
import { Reconnects } from './reconnects.js';
import { RestoreQueue } from './restore-queue.js';

/** If all sessions connected at the same time, they would run into each other's timeouts and slow HTTP down. */
const maxConcurrentStarts = { usual: 8, hastened: 16 };
/** How long one session that neither connects nor fails may hold up the next. */
const settleTimeoutMs = 20_000;

/** When the service starts, connects the sessions that were to be connected when it ended, however it ended. */
@Injectable()
export class Restorer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly context = CommandContext.new({ kind: 'system', id: 'restore' });
  private readonly queue = new RestoreQueue(maxConcurrentStarts, (sessionId) => this.connect(sessionId));

  constructor(
    @Inject(LOG) private readonly log: Log,
    private readonly sessionProcess: SessionProcess,
    private readonly views: Views,
    private readonly supervisor: ConnectionSupervisor,
    private readonly reconnects: Reconnects,
    private readonly connections: ConnectionStatuses,
    private readonly commands: CommandBus,
    private readonly restoration: Restoration,
  ) {
    connections.onHasten((sessionId) => this.queue.hasten(sessionId));
  }

  /** Does not keep the service waiting. */
  onApplicationBootstrap(): void {
    if (this.sessionProcess.isHere) this.restoration.whenReleased(() => void this.restore());
  }

  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  private async restore(): Promise<void> {
    await this.attempt({}, () => this.find());
    await this.connectAll();
    await this.attempt({}, () => this.retryFailed());
  }

  private async connectAll(): Promise<void> {
    const found = [...this.queue.sessions];
    this.reconnects.start((sessionId) => this.queue.sessions.has(sessionId));
    if (found.length === 0) return this.queue.run();
    this.log.info({ sessions: found.length }, 'Connecting the sessions again');
    const startedAt = performance.now();
    await Promise.all(
      found.map((sessionId) => this.attempt({ sessionId }, () => this.supervisor.interrupt(this.context, sessionId))),
    );
    await this.queue.run();
    const seconds = Math.round(performance.now() - startedAt) / 1000;
    if (!this.stopping.signal.aborted) this.log.info({ sessions: found.length, seconds }, 'Restored the sessions');
  }

  private async find(): Promise<void> {
    await this.views.fresh(sessions);
    const where = { status: { in: sessionStatuses.filter(shouldBeConnected) } };
    for await (const { id } of this.views.scan(sessions, { where })) this.queue.add(id);
  }

  private async retryFailed(): Promise<void> {
    for await (const { id: sessionId, linked } of this.views.scan(sessions, { where: { status: 'failed' } })) {
      const data = { sessionId, at: new Date().toISOString() };
      const command: RetryFailedSession = { type: 'RetryFailedSession', data };
      if (linked) await this.attempt({ sessionId }, () => this.commands.execute(command, this.context));
    }
  }

  private async connect(sessionId: string): Promise<void> {
    const settled = this.connections.settled(sessionId, settleTimeoutMs);
    const hasBegun = await this.attempt({ sessionId }, () => this.supervisor.restore(this.context, sessionId));
    if (hasBegun === true) await settled;
  }

  /** Tries again while stores are in trouble. Anything else is logged, and does not keep the other sessions from being restored. */
  private async attempt<Result>(about: object, work: () => Promise<Result>): Promise<Result | undefined> {
    const { signal } = this.stopping;
    if (signal.aborted) return undefined;
    try {
      return await retrying(work, {
        policy: usualRetry,
        signal,
        again: (error) => {
          if (!(error instanceof Transient)) return false;
          this.log.warn({ err: error, ...about }, 'Sessions cannot be restored yet');
          return true;
        },
      });
    } catch (error) {
      if (!signal.aborted) this.log.error({ err: error, ...about }, 'A session could not be restored');
      return undefined;
    }
  }
}
