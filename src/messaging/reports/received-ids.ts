import { Injectable } from '@nestjs/common';
import { isChannel, isGroup, type Person, type Received, type ReceivedMessage } from '#lib/whatsapp';
import { Streams } from '../../platform/streams/streams.js';
import { chatJidsOf, receivedIdOf } from '../message-ids.js';
import type { MessageEventData } from '../message.contract.js';
import type { MessageOwner } from '../message-owner.contract.js';
import { messageDecider } from '../message.decider.js';
import { WhatsAppIds } from '../outbox/whatsapp-ids.js';
import { People } from '../people/people.js';
import { OwnMessages } from './own-messages.js';
import { authorOf, isBy, receivedData, type SessionOwner } from './received-message.js';

/** The message that a change is about, and the message that brings the change. `author` null: the account itself. */
export type Target = { readonly message: Received; readonly whatsappId: string; readonly author: Person | null };

/** Finds the streams of messages that came from WhatsApp: by the log, since a view may be behind. */
@Injectable()
export class ReceivedIds {
  constructor(
    private readonly streams: Streams,
    private readonly whatsappIds: WhatsAppIds,
    private readonly own: OwnMessages,
    private readonly people: People,
  ) {}

  /** What is recorded of a message. @throws {StoreUnavailable} */
  async received(
    session: SessionOwner,
    message: ReceivedMessage,
    receivedAt: string,
  ): Promise<MessageEventData<'MessageReceived'>> {
    const target = { message, author: authorOf(message), whatsappId: message.key.whatsappId };
    const { owner, chat } = await this.placeOf(session, target);
    return receivedData(owner, chat, message, await this.answered(session, message, owner.chatId), receivedAt);
  }

  /**
   * The message that one answers: of the other person (in a group, the sender's own) or the account's owner, by the log; or sent from here, or
   * anybody's that the view has. One that is not on record, from before the session was linked, is none.
   */
  private async answered(session: SessionOwner, message: ReceivedMessage, chatId: string): Promise<string | null> {
    const { replyTo: whatsappId, chat, sender } = message;
    const { sessionId } = session;
    if (whatsappId === null) return null;
    for (const author of [isGroup(chat.jid) ? sender : chat, null]) {
      const { messageId } = (await this.placeOf(session, { message, author, whatsappId })).owner;
      if ((await this.streams.state(messageDecider, messageId)).revision >= 0) return messageId;
    }
    return (await this.whatsappIds.findNow({ sessionId, chatId }, whatsappId, chatJidsOf(message.chat))) ?? null;
  }

  /**
   * Whether WhatsApp tells of a message that was sent from here. A post does not say who of the account's devices, or whose, made it.
   * @throws {Transient}
   */
  async isEcho(session: SessionOwner, message: ReceivedMessage): Promise<boolean> {
    const { fromMe, whatsappId } = message.key;
    if (!fromMe && !isChannel(message.chat.jid)) return false;
    const { owner } = await this.placeOf(session, { message, author: authorOf(message), whatsappId });
    return (await this.sentFromHere(owner, message, whatsappId)) !== undefined;
  }

  /** The message that a change is about. It may not have arrived yet. @throws {Transient} */
  async changed(session: SessionOwner, target: Target): Promise<MessageOwner> {
    const { owner } = await this.placeOf(session, target);
    const { message, author, whatsappId } = target;
    const mayBeSent = author === null || isChannel(message.chat.jid); // a post names only its channel
    const sent = mayBeSent ? await this.sentFromHere(owner, message, whatsappId) : undefined;
    if (sent !== undefined) return { ...owner, messageId: sent };
    if ((await this.streams.state(messageDecider, owner.messageId)).revision >= 0) return owner;
    if (isChannel(message.chat.jid)) return owner;
    // The message names its author by another address than the change does.
    const other = await this.whatsappIds.findInChats(session.sessionId, whatsappId, chatJidsOf(message.chat));
    return other && isBy(author, other) ? { ...owner, messageId: other.id } : owner;
  }

  /** Only what was sent to that chat: whoever writes there chooses the ids that are named. */
  private async sentFromHere(
    { userId, sessionId, chatId }: MessageOwner,
    { chat: { jid: chat } }: Received,
    whatsappId: string,
  ): Promise<string | undefined> {
    if (isChannel(chat)) return this.whatsappIds.findPost({ userId, sessionId, chatId, chat }, whatsappId);
    return (await this.own.sentTo(chat, sessionId, whatsappId))?.messageId;
  }

  /** Where a message of this author and WhatsApp id is: the same before and after WhatsApp reveals who has which number. */
  private async placeOf(session: SessionOwner, { message, author, whatsappId }: Target) {
    const place = { ...session, account: message.account };
    const { chatId, chat } = await this.people.chatOf(place, message.chat);
    const authorId = author && (await this.people.chatOf(place, author)).chatId;
    const { sessionId, userId } = session;
    return { owner: { messageId: receivedIdOf(chatId, authorId, whatsappId), userId, sessionId, chatId }, chat };
  }
}
