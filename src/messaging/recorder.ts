import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { retrying, usualRetry } from '#lib/async';
import { DomainError } from '#lib/event-sourcing';
import type { Log } from '#lib/subscriptions';
import { CommandBus } from '../platform/bus/command-bus.js';
import { CommandContext } from '../platform/command-context.js';
import { LOG } from '../platform/tokens.js';
import type { MessageCommand } from './message.commands.js';

/** What a recorded outcome follows from: the request at the beginning, and the event directly before it. */
export type Origin = { readonly correlationId: string; readonly causationId: string };

const actor = { kind: 'system', id: 'outbox' } as const;

export const contextOf = (origin?: Origin): CommandContext =>
  origin ? new CommandContext(origin.correlationId, origin.causationId, actor) : CommandContext.new(actor);

/** Records what happened to messages, and retries until it is recorded: WhatsApp reports it only once. */
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

  /**
   * Resolves with true once it is recorded, or with false where the service stops first. `isStill`: asked right before each try; what is no
   * longer so is left out. @throws {DomainError} it is not allowed.
   */
  async record(command: MessageCommand, origin?: Origin, isStill = (): boolean => true): Promise<boolean> {
    const context = contextOf(origin);
    const { signal } = this.stopping;
    try {
      const work = async () => isStill() && this.commands.execute(command, context);
      await retrying(work, {
        policy: usualRetry,
        signal,
        again: (error) => {
          if (error instanceof DomainError) return false;
          this.log.warn({ err: error, command: command.type }, 'The outcome of a message could not be recorded yet');
          return true;
        },
      });
      return true;
    } catch (error) {
      if (error instanceof DomainError || !signal.aborted) throw error;
      return false;
    }
  }
}
