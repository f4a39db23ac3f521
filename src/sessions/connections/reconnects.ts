import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import { NotConnected } from '#lib/whatsapp';
import { CommandContext } from '../../platform/command-context.js';
import { DueWork, type DueItem } from '../../platform/due-work/due-work.js';
import { LOG } from '../../platform/tokens.js';
import { Streams } from '../../platform/streams/streams.js';
import { Views } from '../../platform/views/views.js';
import { attemptDueAt, maxReconnectWaitMs } from '../reconnect.rules.js';
import { sessionDecider } from '../session.decider.js';
import { isLive } from '../session-state.rules.js';
import { sessions } from '../sessions.projection.js';
import { ConnectionSupervisor } from './connection-supervisor.js';

/** Connects sessions again when their time has come. */
@Injectable()
export class Reconnects implements BeforeApplicationShutdown {
  private readonly work: DueWork;
  private isRestoring: (sessionId: string) => boolean = () => false;

  constructor(
    @Inject(LOG) log: Log,
    private readonly views: Views,
    private readonly streams: Streams,
    private readonly supervisor: ConnectionSupervisor,
  ) {
    const definition = {
      name: 'reconnects',
      maxDelayMs: maxReconnectWaitMs,
      find: () => this.find(),
      run: (key: string) => this.run(key),
    };
    this.work = new DueWork(definition, log);
  }

  /** Nothing is connected before. Sessions that are being restored are left alone. */
  start(isRestoring: (sessionId: string) => boolean): void {
    this.isRestoring = isRestoring;
    this.work.start();
  }

  note(sessionId: string, dueAt: string): void {
    this.work.note(itemOf(sessionId, dueAt));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.work.stop();
  }

  /** All that wait: the wall clock may have been set since their times were recorded. */
  private async *find(): AsyncGenerator<DueItem> {
    for await (const { id } of this.views.scan(sessions, { where: { status: 'reconnecting' } })) {
      const { state } = await this.streams.state(sessionDecider, id);
      if (!isLive(state) || state.nextAttemptAt === null) continue;
      const { nextAttemptAt, reason } = state;
      yield { ...itemOf(id, nextAttemptAt), dueAt: attemptDueAt({ nextAttemptAt, reason }, Date.now()) };
    }
  }

  private async run(key: string): Promise<void> {
    const [sessionId = '', dueAt = ''] = key.split(' ');
    if (this.isRestoring(sessionId)) return;
    try {
      await this.supervisor.reconnect(CommandContext.new({ kind: 'system', id: 'reconnect' }), sessionId, dueAt);
    } catch (error) {
      if (!(error instanceof NotConnected)) throw error; // otherwise the service is ending: the next one restores the session
    }
  }
}

/** The time is part of the key: the supervisor ignores a time that the session no longer waits for. */
const itemOf = (sessionId: string, dueAt: string): DueItem => ({ key: `${sessionId} ${dueAt}`, dueAt });
