import { Injectable } from '@nestjs/common';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Views } from '../../platform/views/views.js';
import type { MarkMessage } from '../message-requests.contract.js';
import { messages } from '../messages.projection.js';
import { inChat, type Together } from './chats.queries.js';

/** So many messages are marked side by side. */
const batchSize = 50;

type UnreadOf = {
  readonly chat: Together;
  /** ISO 8601, by WhatsApp's clock: what was sent after that is not read; undefined: all of it is. */
  readonly upTo: string | undefined;
  readonly via: 'api' | 'phone';
  readonly at: string;
};

/** Reads a chat: that is to read each message, because each one's stream knows whether it was read. */
@Injectable()
export class ReadChat {
  constructor(
    private readonly commands: CommandBus,
    private readonly views: Views,
  ) {}

  /** @throws {Transient} */
  async read({ chat, upTo, via, at }: UnreadOf, context: CommandContext): Promise<void> {
    await this.views.fresh(messages);
    const unread: string[] = [];
    const { userId } = chat.root;
    const unreadOnes = { ...inChat(chat), direction: 'incoming', readAt: null, history: null } as const;
    const where = { ...unreadOnes, ...(upTo !== undefined && { sentAt: { lte: upTo } }) };
    for await (const { id } of this.views.scan(messages, { where })) unread.push(id);
    for (let first = 0; first < unread.length; first += batchSize) {
      const batch = unread.slice(first, first + batchSize);
      await Promise.all(
        batch.map((messageId) => {
          const command: MarkMessage = { type: 'MarkMessage', data: { messageId, userId, as: 'read', via, at } };
          return this.commands.execute<MarkMessage>(command, context);
        }),
      );
    }
  }
}
