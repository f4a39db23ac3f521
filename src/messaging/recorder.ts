import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '#lib/event-sourcing';
import type { Log } from '#lib/subscriptions';
import { CommandContext } from '../platform/command-context.js';
import { LOG } from '../platform/tokens.js';
import type { MessageCommand } from './message.contract.js';

/** What a record follows from: the request that began it, and the event or report right before it. */
export type Origin = { readonly correlationId: string; readonly causationId: string };

const outbox = { kind: 'system', id: 'outbox' } as const;

const firstWait = 100;
const longestWait = 10_000;

/** Records what became of messages, and does not rest before that is recorded: WhatsApp tells it only once. */
@Injectable()
export class Recorder implements BeforeApplicationShutdown {
  private readonly stopping = new AbortController();

  constructor(
    private readonly commands: CommandBus,
    @Inject(LOG) private readonly log: Log,
  ) {}

  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  /** Resolves when it is recorded: false where the service stopped before. @throws {DomainError} it is not allowed. */
  async record(command: MessageCommand, origin?: Origin): Promise<boolean> {
    const context = origin
      ? new CommandContext(origin.correlationId, origin.causationId, outbox)
      : CommandContext.new(outbox);
    for (let wait = firstWait; ; wait = Math.min(wait * 2, longestWait)) {
      try {
        await this.commands.execute(command, context);
        return true;
      } catch (error) {
        if (error instanceof DomainError) throw error;
        this.log.warn({ err: error, command: command.type }, 'What became of a message is not yet recorded');
      }
      if (!(await this.pause(wait))) return false;
    }
  }

  private async pause(milliseconds: number): Promise<boolean> {
    const { signal } = this.stopping;
    try {
      await delay(milliseconds, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return !signal.aborted;
  }
}
