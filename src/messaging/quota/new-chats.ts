import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { keyedQueue } from '#lib/async';
import { isOfPerson } from '#lib/whatsapp';
import { unlimited } from '../../identity/user.contract.js';
import { upTo } from '../../platform/growing-cache.js';
import type { Stores } from '../../platform/stores.js';
import { STORES } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import { chats } from '../chats/chats.projection.js';
import { findShown } from '../chats/chats.queries.js';
import type { AcceptedMessage } from '../message.contract.js';
import { messages } from '../messages.projection.js';
import { Senders } from '../senders/senders.js';

type Opening = Pick<AcceptedMessage, 'userId' | 'chatId' | 'chat'>;

const maxChatsInMemory = 50_000;
const viewCatchUpTimeoutMs = 5000;

/** Tells messages that begin the chat of a person, for users whose limit of such people counts them. */
@Injectable()
export class NewChats {
  /** Those in which there is a message. */
  private readonly begun = new LRUCache<string, true>(upTo(maxChatsInMemory));
  private readonly byChat = keyedQueue();

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
    private readonly senders: Senders,
  ) {}

  /** Accepts a message, and says whether it opens its chat: of several at once, one does. Resolves or rejects as `accept` does. @throws {Transient} */
  async opening<Answer>(message: Opening, accept: (opensChat: boolean) => Promise<Answer>): Promise<Answer> {
    if (!this.mayOpen(message)) return accept(false);
    return this.byChat.run(message.chatId, async () => {
      const answer = await accept(await this.isNew(message));
      this.begun.set(message.chatId, true);
      return answer;
    });
  }

  /** Whether a message would open its chat now. @throws {Transient} */
  async wouldOpen(message: Opening): Promise<boolean> {
    return this.mayOpen(message) && (await this.isNew(message));
  }

  private mayOpen({ userId, chatId, chat }: Opening): boolean {
    const isCounted = this.senders.user(userId).maxRecipientsPerDay < unlimited;
    return isCounted && isOfPerson(chat) && !this.begun.has(chatId);
  }

  private async isNew({ userId, chatId, chat }: Opening): Promise<boolean> {
    if (this.begun.has(chatId)) return false;
    const { models } = this.stores;
    await Promise.all([
      this.views.fresh(chats, viewCatchUpTimeoutMs),
      this.views.fresh(messages, viewCatchUpTimeoutMs),
    ]);
    const known = await findShown(models, chatId);
    if (known?.lastPosition !== undefined) return false;
    const { data } = await models.find(messages, { where: { userId, chat }, limit: 1 });
    return data.length === 0;
  }
}
