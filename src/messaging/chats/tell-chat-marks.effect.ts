import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import type { ChatMark, ChatMessage } from '#lib/whatsapp';
import type { Effect } from '../../platform/context-definition.js';
import type { Stores } from '../../platform/stores.js';
import { LOG, STORES } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import { CONNECTION_STATUS, type ConnectionStatus } from '../../sessions/connection-status.contract.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import { tellInTurn } from '../marks/tell-in-turn.js';
import { messages } from '../messages.projection.js';
import { chatMessageOf } from './chat-message.js';
import type { TellChatMarks } from './chat.commands.js';
import type { RecordChatMarkTold } from './chat.decider.js';
import { chats, type ChatDocument } from './chats.projection.js';

type Mark = RecordChatMarkTold['data']['mark'];

/**
 * Tells the account's other devices which chats were archived, or marked as unread, here. What WhatsApp does not take now stays in the view, and
 * is tried again when something else is done, or the session connects.
 */
@Injectable()
export class TellChatMarksEffect implements Effect<TellChatMarks> {
  constructor(
    @Inject(MESSENGER) private readonly messenger: Messenger,
    @Inject(CONNECTION_STATUS) private readonly connections: ConnectionStatus,
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async run({ data: { sessionId } }: TellChatMarks): Promise<readonly RecordChatMarkTold[]> {
    const account = this.connections.account(sessionId);
    if (account === undefined) return [];
    await this.views.fresh(chats);
    await this.views.fresh(messages);
    const { records, failure } = await tellInTurn(this.untold(sessionId, account), async ([chat, mark]) => {
      const last = await this.lastMessageOf(chat);
      if (!last) return [];
      await this.messenger.accounts.markChat(sessionId, markOf(chat, mark), last);
      const owner = { chatId: chat.id, userId: chat.userId, sessionId };
      return [{ type: 'RecordChatMarkTold', data: { ...owner, mark, at: new Date().toISOString() } } as const];
    });
    if (failure !== undefined)
      this.log.warn(
        { err: failure, sessionId },
        'WhatsApp was not told of all chats that were archived or marked as unread',
      );
    return records;
  }

  private async *untold(sessionId: string, account: string): AsyncGenerator<readonly [ChatDocument, Mark]> {
    const of = { sessionId, account };
    for await (const chat of this.views.scan(chats, { where: { ...of, untoldArchived: true } })) {
      yield [chat, 'archived'];
    }
    for await (const chat of this.views.scan(chats, { where: { ...of, untoldUnread: true } })) yield [chat, 'unread'];
  }

  private async lastMessageOf({
    ownLastMessageId = '',
    lastMessageId = ownLastMessageId,
  }: ChatDocument): Promise<ChatMessage | undefined> {
    const message = await this.stores.models.get(messages, lastMessageId);
    return message && chatMessageOf(message);
  }
}

const markOf = ({ isArchived, isMarkedUnread }: ChatDocument, mark: Mark): ChatMark =>
  mark === 'archived' ? { archived: isArchived === true } : { read: isMarkedUnread !== true };
