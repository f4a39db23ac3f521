import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import { NotConnected, QueryFailed, type ChatMark, type ChatMessage } from '#lib/whatsapp';
import type { Effect } from '../../platform/context-definition.js';
import type { Stores } from '../../platform/stores.js';
import { LOG, STORES } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import { CONNECTION_STATUS, type ConnectionStatus } from '../../sessions/connection-status.contract.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import { messages } from '../messages.projection.js';
import { chatMessageOf } from './chat-message.js';
import type { TellChatMarks } from './chat.contract.js';
import type { RecordChatMarkTold } from './chat.decider.js';
import { chats, type ChatDocument } from './chats.projection.js';

/** Of one kind, at one time: more are told when the session connects again, or something else is done. */
const maxTold = 1000;

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
    const told: RecordChatMarkTold[] = [];
    const account = this.connections.account(sessionId);
    if (account === undefined) return told;
    await this.views.fresh(chats);
    await this.views.fresh(messages);
    try {
      for (const kind of ['archived', 'unread'] as const) {
        const where = kind === 'archived' ? { sessionId, untoldArchived: true } : { sessionId, untoldUnread: true };
        const { data } = await this.stores.models.find(chats, { where, limit: maxTold });
        for (const chat of data) {
          const last = await this.lastMessageOf(chat, account);
          if (!last) continue; // of an account to which the session was linked before
          await this.messenger.accounts.markChat(sessionId, markOf(chat, kind), last);
          const at = new Date().toISOString();
          const owner = { chatId: chat.id, userId: chat.userId, sessionId };
          told.push({ type: 'RecordChatMarkTold', data: { ...owner, mark: kind, at } });
        }
      }
    } catch (error) {
      if (!(error instanceof NotConnected || error instanceof QueryFailed)) throw error;
      this.log.warn({ err: error, sessionId }, 'WhatsApp was not told which chats were archived or marked as unread');
    }
    return told;
  }

  private async lastMessageOf(chat: ChatDocument, account: string): Promise<ChatMessage | undefined> {
    const message = await this.stores.models.get(messages, chat.lastMessageId ?? '');
    return message?.account === account ? chatMessageOf(message) : undefined;
  }
}

const markOf = ({ isArchived, isMarkedUnread }: ChatDocument, kind: 'archived' | 'unread'): ChatMark =>
  kind === 'archived' ? { archived: isArchived === true } : { read: isMarkedUnread !== true };
