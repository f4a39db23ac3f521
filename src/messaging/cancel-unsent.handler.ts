import { Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import { CommandBus } from '../platform/bus/command-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import type { CommandHandler } from '../platform/context-definition.js';
import { Views } from '../platform/views/views.js';
import type { CancelUnsentOfKey } from './message.commands.js';
import type { CancelMessage } from './message.contract.js';
import { messages } from './messages.projection.js';

/** Finds what was accepted with a key that was revoked, and cancels what is not sent meanwhile. */
@Injectable()
export class CancelUnsentHandler implements CommandHandler<CancelUnsentOfKey> {
  constructor(
    private readonly commands: CommandBus,
    private readonly views: Views,
  ) {}

  async execute({ data: { keyId, at } }: CancelUnsentOfKey, context: CommandContext) {
    await this.views.fresh(messages);
    const canceled = { events: 0, position: 0 };
    for (const status of ['scheduled', 'queued'] as const) {
      for await (const { id } of this.views.scan(messages, { where: { status, keyId } })) {
        const result = await this.cancel(id, at, context);
        if (result) Object.assign(canceled, { events: canceled.events + result.events, position: result.position });
      }
    }
    return canceled;
  }

  private async cancel(messageId: string, at: string, context: CommandContext) {
    const command: CancelMessage = { type: 'CancelMessage', data: { messageId, at } };
    try {
      return await this.commands.execute<CancelMessage>(command, context);
    } catch (error) {
      if (error instanceof DomainError) return undefined; // it is being sent
      throw error;
    }
  }
}
