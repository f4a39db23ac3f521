import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Where } from '#lib/read-models';
import { upTo } from '../../platform/growing-cache.js';
import type { Stores } from '../../platform/stores.js';
import { STORES } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import type { MessageView } from '../message-view.contract.js';
import { messages, type MessageDocument } from '../messages.projection.js';

const maxIdsInMemory = 50_000;

/** Finds messages by the ids that WhatsApp has for them. */
@Injectable()
export class WhatsAppIds {
  private readonly recent = new LRUCache<string, string>(upTo(maxIdsInMemory));

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
  ) {}

  /** A message is about to be sent: receipts for it will come. */
  note(sessionId: string, whatsappId: string, messageId: string): void {
    this.recent.set(keyOf(sessionId, whatsappId), messageId);
  }

  /** The id of a message that was sent from here; undefined for any other: it may have been sent on the phone. @throws {Transient} */
  async findSent(sessionId: string, whatsappId: string): Promise<string | undefined> {
    const recent = this.recent.get(keyOf(sessionId, whatsappId));
    if (recent !== undefined) return recent;
    const found = await this.find({ sessionId, whatsappId, via: 'api' });
    if (found) this.note(sessionId, whatsappId, found.id);
    return found?.id;
  }

  /** A message, sent or received, of one of these chats (jids). @throws {Transient} */
  findInChats(sessionId: string, whatsappId: string, chats: readonly string[]): Promise<MessageView | undefined> {
    return this.find({ sessionId, whatsappId, chat: { in: chats } });
  }

  /** A message, sent or received, of one of these chats, as far as is known without waiting for the view. */
  async findNow(sessionId: string, whatsappId: string, chats: readonly string[]): Promise<string | undefined> {
    const recent = this.recent.get(keyOf(sessionId, whatsappId));
    return recent ?? (await this.findInView({ sessionId, whatsappId, chat: { in: chats } }))?.id;
  }

  private async find(where: Where<MessageDocument>): Promise<MessageView | undefined> {
    const found = await this.findInView(where);
    if (found) return found;
    await this.views.fresh(messages); // it may be on its way into the view
    return this.findInView(where);
  }

  private async findInView(where: Where<MessageDocument>): Promise<MessageView | undefined> {
    return (await this.stores.models.find(messages, { where, limit: 1 })).data[0];
  }
}

const keyOf = (sessionId: string, whatsappId: string): string => `${sessionId} ${whatsappId}`;
