import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import { CommandContext } from '../../platform/command-context.js';
import { LOG } from '../../platform/tokens.js';
import { ConnectionSupervisor } from './connection-supervisor.js';

/** Starts connections when their time has come. A later time replaces the one before. */
@Injectable()
export class Timers implements BeforeApplicationShutdown {
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private isOver = false;

  constructor(
    @Inject(LOG) private readonly log: Log,
    private readonly supervisor: ConnectionSupervisor,
  ) {}

  set(sessionId: string, dueAt: string, wait = Math.max(0, Date.parse(dueAt) - Date.now())): void {
    if (this.isOver) return;
    clearTimeout(this.timers.get(sessionId));
    this.timers.set(
      sessionId,
      setTimeout(() => this.ring(sessionId, dueAt), wait),
    );
  }

  beforeApplicationShutdown(): void {
    this.isOver = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private ring(sessionId: string, dueAt: string): void {
    this.timers.delete(sessionId);
    const context = CommandContext.new({ kind: 'system', id: 'reconnect' });
    this.supervisor.reconnect(context, sessionId, dueAt).catch((error: unknown) => {
      this.log.error({ err: error, sessionId }, 'A session could not be connected again in time: it is tried again');
      this.set(sessionId, dueAt, pauseAfterTrouble);
    });
  }
}

/** When the stores cannot be asked, in milliseconds. */
const pauseAfterTrouble = 5_000;
