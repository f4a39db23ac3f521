import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import type { Stores } from '../../platform/stores.js';
import { STORES } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import type { MessageView } from '../message-view.contract.js';
import { messages } from '../messages.projection.js';
import { assertConversation } from './chat.rules.js';
import { chatMessageOf } from './chat-message.js';
import { chats } from './chats.projection.js';
import { findChat, noSuchChat } from './chats.queries.js';

type Asked = {
  readonly chatId: string;
  readonly userId: string;
  /** The id of a message; by default the oldest that is known. */
  readonly before: string | undefined;
  readonly count: number;
};

/** Asks the phone for older messages of a chat. They come as reports. */
@Injectable()
export class ChatHistory {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
    @Inject(MESSENGER) private readonly messenger: Messenger,
  ) {}

  /** @throws {DomainError} `chat_not_found`, `message_not_found`, `not_for_status` @throws {NotConnected} {QueryFailed} */
  async ask({ chatId, userId, before, count }: Asked): Promise<void> {
    await Promise.all([this.views.fresh(chats), this.views.fresh(messages)]);
    const found = await findChat(this.stores.models, chatId, userId);
    if (!found) return noSuchChat();
    assertConversation(found.root);
    const { sessionId } = found.root;
    const jids = [found.root, ...found.others].flatMap(({ chat }) => chat ?? []);
    const known = await this.messageOf({ sessionId, userId, jids, before });
    if (!known) throw new DomainError('not_found', 'message_not_found', 'There is no such message in this chat');
    await this.messenger.accounts.askHistory(sessionId, chatMessageOf(known), count);
  }

  private async messageOf(of: {
    readonly sessionId: string;
    readonly userId: string;
    readonly jids: readonly string[];
    readonly before: string | undefined;
  }): Promise<MessageView | undefined> {
    const { sessionId, userId, jids, before } = of;
    const { models } = this.stores;
    if (before !== undefined) {
      const message = await models.get(messages, before);
      return message?.sessionId === sessionId && jids.includes(message.chat) ? message : undefined;
    }
    const where = { userId, chat: { in: jids }, sessionId };
    const { data } = await models.find(messages, { where, sort: { field: 'position', order: 'asc' }, limit: 1 });
    return data[0];
  }
}
