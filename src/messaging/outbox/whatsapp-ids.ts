import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Where } from '#lib/read-models';
import { isChannel } from '#lib/whatsapp';
import { upTo } from '../../platform/growing-cache.js';
import type { Stores } from '../../platform/stores.js';
import { STORES } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import type { AcceptedMessage } from '../message.contract.js';
import type { MessageView } from '../message-view.contract.js';
import { messages, type MessageDocument } from '../messages.projection.js';

const maxIdsInMemory = 50_000;
const maxChannelsInMemory = 10_000;

type Sent = Pick<AcceptedMessage, 'messageId' | 'chatId'>;

/** A channel, as a chat of a session. `chat` is its jid. */
type PostedChannel = Pick<AcceptedMessage, 'userId' | 'sessionId' | 'chatId' | 'chat'>;

/** Finds messages by the ids that WhatsApp has for them. */
@Injectable()
export class WhatsAppIds {
  private readonly recent = new LRUCache<string, Sent>(upTo(maxIdsInMemory));
  /** By the id of the chat: whether anything was sent from here to the channel. Only this process sends meanwhile, and notes it. */
  private readonly postedIn = new LRUCache<string, boolean>(upTo(maxChannelsInMemory));

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
  ) {}

  /** A message is about to be sent: receipts for it will come. */
  note(message: Pick<AcceptedMessage, 'sessionId' | 'whatsappId' | 'messageId' | 'chatId' | 'chat'>): void {
    const { sessionId, whatsappId, messageId, chatId, chat } = message;
    this.recent.set(keyOf(sessionId, whatsappId), { messageId, chatId });
    if (isChannel(chat)) this.postedIn.set(chatId, true);
  }

  /**
   * The id of a message that was sent from here, to whomever; undefined for any other: it may have been sent on the phone. What somebody else
   * says of a message counts only where it went to them: see `OwnMessages`. @throws {Transient}
   */
  async findSent(sessionId: string, whatsappId: string): Promise<string | undefined> {
    return (await this.sent(sessionId, whatsappId))?.messageId;
  }

  /**
   * The id of a post that was sent from here to this channel. The view is not waited for where nothing was sent there: a channel that is only followed
   * posts whatever its owner likes. @throws {Transient}
   */
  async findPost(channel: PostedChannel, whatsappId: string): Promise<string | undefined> {
    if (!(await this.isPostedIn(channel))) return undefined;
    const sent = await this.sent(channel.sessionId, whatsappId);
    return sent?.chatId === channel.chatId ? sent.messageId : undefined;
  }

  /** A message, sent or received, of one of these chats (jids). @throws {Transient} */
  findInChats(sessionId: string, whatsappId: string, chats: readonly string[]): Promise<MessageView | undefined> {
    return this.find({ sessionId, whatsappId, chat: { in: chats } });
  }

  /** A message, sent or received, of a chat that goes by these jids, as far as is known without waiting for the view. */
  async findNow(
    { sessionId, chatId }: { readonly sessionId: string; readonly chatId: string },
    whatsappId: string,
    jids: readonly string[],
  ): Promise<string | undefined> {
    const recent = this.recent.get(keyOf(sessionId, whatsappId));
    if (recent?.chatId === chatId) return recent.messageId;
    return (await this.findInView({ sessionId, whatsappId, chat: { in: jids } }))?.id;
  }

  private async sent(sessionId: string, whatsappId: string): Promise<Sent | undefined> {
    const recent = this.recent.get(keyOf(sessionId, whatsappId));
    if (recent !== undefined) return recent;
    const found = await this.find({ sessionId, whatsappId, via: 'api' });
    if (!found) return undefined;
    this.note({ ...found, messageId: found.id });
    return { messageId: found.id, chatId: found.chatId };
  }

  /** Waits for the view once per channel. */
  private async isPostedIn({ userId, sessionId, chatId, chat }: PostedChannel): Promise<boolean> {
    const known = this.postedIn.get(chatId);
    if (known !== undefined) return known;
    const isPosted = (await this.find({ userId, chat, sessionId, chatId, via: 'api' })) !== undefined;
    // It may have been posted in for the first time meanwhile.
    if (!this.postedIn.has(chatId)) this.postedIn.set(chatId, isPosted);
    return this.postedIn.get(chatId) ?? isPosted;
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
