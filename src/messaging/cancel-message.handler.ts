import { Injectable } from '@nestjs/common';
import { DomainError, type CommandResult } from '#lib/event-sourcing';
import { CommandBus } from '../platform/bus/command-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import type { CommandHandler } from '../platform/context-definition.js';
import { Streams } from '../platform/streams/streams.js';
import type { RecordMessageCanceled } from './message.commands.js';
import type { CancelMessage } from './message.contract.js';
import { messageDecider } from './message.decider.js';

/** Cancels a message. Its stream decides: an attempt that has begun, in this process or any other, is recorded there. */
@Injectable()
export class CancelMessageHandler implements CommandHandler<CancelMessage> {
  constructor(
    private readonly commands: CommandBus,
    private readonly streams: Streams,
  ) {}

  async execute({ data }: CancelMessage, context: CommandContext): Promise<CommandResult> {
    const { messageId, userId, at = new Date().toISOString() } = data;
    const { state } = await this.streams.state(messageDecider, messageId);
    if (state.status === 'none' || (userId !== undefined && userId !== state.owner.userId)) {
      throw new DomainError('not_found', 'message_not_found', 'There is no such message');
    }
    const command: RecordMessageCanceled = { type: 'RecordMessageCanceled', data: { messageId, at } };
    return this.commands.execute<RecordMessageCanceled>(command, context);
  }
}
