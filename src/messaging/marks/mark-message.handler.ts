import { Injectable } from '@nestjs/common';
import { DomainError, type CommandResult } from '#lib/event-sourcing';
import { isChannel } from '#lib/whatsapp';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import type { CommandHandler } from '../../platform/context-definition.js';
import { Streams } from '../../platform/streams/streams.js';
import type { RecordMessageMarked } from '../message.commands.js';
import { messageEvents } from '../message.contract.js';
import type { MarkMessage } from '../message-requests.contract.js';
import { Senders } from '../senders/senders.js';

/** Marks a received message. Its stream decides whether that is new. */
@Injectable()
export class MarkMessageHandler implements CommandHandler<MarkMessage> {
  constructor(
    private readonly commands: CommandBus,
    private readonly streams: Streams,
    private readonly senders: Senders,
  ) {}

  async execute({ data }: MarkMessage, context: CommandContext): Promise<CommandResult> {
    const { messageId, userId, as, via = 'api', at = new Date().toISOString() } = data;
    const events = await this.streams.events(messageEvents, messageId);
    if (events[0]?.data.userId !== userId) {
      throw new DomainError('not_found', 'message_not_found', 'There is no such message');
    }
    const received = events.find((event) => event.type === 'MessageReceived')?.data;
    if (!received || received.fromMe) {
      throw new DomainError('conflict', 'message_not_received', 'Only received messages are marked as read or played');
    }
    const { sessionId, account, whatsappId, whatsappChat, participant } = received;
    const isPost = isChannel(whatsappChat); // WhatsApp takes no receipts for them
    const hidden = via === 'phone' || isPost || (await this.senders.hidesReading(sessionId));
    const command: RecordMessageMarked = {
      type: 'RecordMessageMarked',
      data: { messageId, as, account, whatsappId, whatsappChat, participant, hidden, at },
    };
    return this.commands.execute<RecordMessageMarked>(command, context);
  }
}
