import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import type { CommandHandler } from '../../platform/context-definition.js';
import type { Stores } from '../../platform/stores.js';
import { STORES } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import type { MarkMessage } from '../message-requests.contract.js';
import { messages } from '../messages.projection.js';
import type { ChangeChat, ChatAction } from './chat.contract.js';
import type { ChatCommand } from './chat.decider.js';
import { findChat, noSuchChat } from './chats.queries.js';
import { chats } from './chats.projection.js';

/** So many messages are marked side by side. */
const batchSize = 50;

const commandOf = {
  read: 'RemoveUnreadMark',
  unread: 'MarkChatUnread',
  archive: 'ArchiveChat',
  unarchive: 'UnarchiveChat',
} as const satisfies { readonly [action in ChatAction]: ChatCommand['type'] };

/** Does something with a chat. To read it is to read each message, because each one's stream knows whether it was read. */
@Injectable()
export class ChangeChatHandler implements CommandHandler<ChangeChat> {
  constructor(
    private readonly commands: CommandBus,
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
  ) {}

  async execute({ data }: ChangeChat, context: CommandContext): Promise<void> {
    const { userId, action, at = new Date().toISOString() } = data;
    await this.views.fresh(chats);
    const found = await findChat(this.stores.models, data.chatId, userId);
    if (!found) return noSuchChat();
    const all = [found.root, ...found.others];
    const isUnread = all.some(({ unread }) => unread > 0);
    if (action === 'unread' && isUnread) return;
    if (action === 'read' && isUnread) {
      const jids = all.flatMap(({ chat }) => chat ?? []);
      await this.read({ userId, sessionId: found.root.sessionId, jids, at }, context);
    }
    const { id: chatId, sessionId } = found.root;
    const command: ChatCommand = { type: commandOf[action], data: { chatId, userId, sessionId, at } };
    await this.commands.execute<ChatCommand>(command, context);
  }

  private async read(
    of: { readonly userId: string; readonly sessionId: string; readonly jids: readonly string[]; readonly at: string },
    context: CommandContext,
  ): Promise<void> {
    const { userId, sessionId, jids, at } = of;
    await this.views.fresh(messages);
    const unread: string[] = [];
    const where = { userId, chat: { in: jids }, sessionId, direction: 'incoming', readAt: null } as const;
    for await (const { id } of this.views.scan(messages, { where })) unread.push(id);
    for (let first = 0; first < unread.length; first += batchSize) {
      const batch = unread.slice(first, first + batchSize);
      await Promise.all(
        batch.map((messageId) => {
          const command: MarkMessage = { type: 'MarkMessage', data: { messageId, userId, as: 'read', at } };
          return this.commands.execute<MarkMessage>(command, context);
        }),
      );
    }
  }
}
