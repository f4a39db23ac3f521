import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { ReadModels, Where } from '#lib/read-models';
import { upTo } from '../../platform/growing-cache.js';
import { Subscriptions } from '../../platform/subscriptions.js';
import type { Stores } from '../../platform/stores.js';
import { STORES } from '../../platform/tokens.js';
import { messages, type MessageView } from '../messages.projection.js';

/** How long a message that is not in the view may be on its way there, in milliseconds. */
const patience = 10_000;

/** Finds messages by the id that WhatsApp knows them by. */
@Injectable()
export class SentIds {
  private readonly recent = new LRUCache<string, string>(upTo(50_000));
  private readonly models: ReadModels;

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly subscriptions: Subscriptions,
  ) {
    this.models = stores.models;
  }

  /** A message is about to leave: receipts for it will come. */
  note(sessionId: string, whatsappId: string, messageId: string): void {
    this.recent.set(keyOf(sessionId, whatsappId), messageId);
  }

  /** The id of a message that was sent from here; undefined where it was not: it may have been sent on the phone. */
  async find(sessionId: string, whatsappId: string): Promise<string | undefined> {
    const recent = this.recent.get(keyOf(sessionId, whatsappId));
    if (recent !== undefined) return recent;
    const found = await this.view({ sessionId, whatsappId, via: 'api' });
    if (found) this.note(sessionId, whatsappId, found.id);
    return found?.id;
  }

  /** Any message of one of these chats (jids): sent or received. */
  async findAny(
    sessionId: string,
    whatsappId: string,
    chats: readonly (string | null)[],
  ): Promise<MessageView | undefined> {
    return this.view({ sessionId, whatsappId, chat: { in: chats.filter((chat) => chat !== null) } });
  }

  private async view(where: Where<MessageView>): Promise<MessageView | undefined> {
    const first = await this.models.find(messages, { where, limit: 1 });
    if (first.data[0]) return first.data[0];
    await this.subscriptions.named(messages.name).reached(await this.stores.events.head(), patience);
    return (await this.models.find(messages, { where, limit: 1 })).data[0];
  }
}

const keyOf = (sessionId: string, whatsappId: string): string => `${sessionId} ${whatsappId}`;
