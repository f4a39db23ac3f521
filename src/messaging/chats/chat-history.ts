import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import type { Stores } from '../../platform/stores.js';
import { STORES } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import { CONNECTION_STATUS, type ConnectionStatus } from '../../sessions/connection-status.contract.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import type { MessageView } from '../message-view.contract.js';
import { messages } from '../messages.projection.js';
import { assertConversation } from './chat.rules.js';
import { chatMessageOf } from './chat-message.js';
import { chats } from './chats.projection.js';
import { findChat, inChat, noSuchChat, type Together } from './chats.queries.js';

type Asked = {
  readonly chatId: string;
  readonly userId: string;
  /** The id of a message; by default the oldest that the phone knows. */
  readonly before: string | undefined;
  readonly count: number;
};

/** Those of messages that are on the phone: what never left is not. */
const onPhone: ReadonlySet<string> = new Set(['sent', 'delivered', 'read', 'played', 'received']);

/** Asks the phone for older messages of a chat. They come as reports. */
@Injectable()
export class ChatHistory {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
    @Inject(MESSENGER) private readonly messenger: Messenger,
    @Inject(CONNECTION_STATUS) private readonly connections: ConnectionStatus,
  ) {}

  /**
   * @throws {DomainError} `chat_not_found`, `message_not_found`, `not_for_status`, `account_changed`
   * @throws {NotConnected} {QueryFailed}
   */
  async ask({ chatId, userId, before, count }: Asked): Promise<void> {
    await Promise.all([this.views.fresh(chats), this.views.fresh(messages)]);
    const chat = await findChat(this.stores.models, chatId, userId);
    if (!chat) return noSuchChat();
    assertConversation(chat.root);
    const { sessionId } = chat.root;
    const known = await this.messageOf(chat, before);
    if (!known) {
      const detail = 'There is no such message in this chat, or the phone does not have it';
      throw new DomainError('not_found', 'message_not_found', detail);
    }
    const account = this.connections.account(sessionId);
    if (account !== undefined && account !== known.account) {
      const detail = 'The session is linked to another number than the one that has this chat';
      throw new DomainError('conflict', 'account_changed', detail);
    }
    await this.messenger.accounts.askHistory(sessionId, chatMessageOf(known), count);
  }

  private async messageOf(chat: Together, before: string | undefined): Promise<MessageView | undefined> {
    const { models } = this.stores;
    const where = inChat(chat);
    if (before !== undefined) {
      const message = await models.get(messages, before);
      return message && where.chatId.in.includes(message.chatId) && onPhone.has(message.status) ? message : undefined;
    }
    const { data } = await models.find(messages, {
      where: { ...where, status: { in: [...onPhone] } },
      sort: { field: 'position', order: 'asc' },
      limit: 1,
    });
    return data[0];
  }
}
