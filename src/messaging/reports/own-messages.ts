import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { bareJid, isOfPerson, isStatus, NotConnected, personOf, QueryFailed } from '#lib/whatsapp';
import { upTo } from '../../platform/growing-cache.js';
import { Streams } from '../../platform/streams/streams.js';
import type { AccountPlace } from '../address.contract.js';
import { messageDecider } from '../message.decider.js';
import type { MessageOwner } from '../message-owner.contract.js';
import { ownOf, type Own } from '../message-state.rules.js';
import { NumberChecks } from '../outbox/number-checks.js';
import { WhatsAppIds } from '../outbox/whatsapp-ids.js';
import { People } from '../people/people.js';

/** What never changes of a message from here. */
type Known = { readonly owner: MessageOwner } & Pick<Own, 'account' | 'chat'>;

const maxKnown = 10_000;

/** Finds messages that were sent from here for those to whom they went. Others may know their ids as well. */
@Injectable()
export class OwnMessages {
  /** By id. */
  private readonly known = new LRUCache<string, Known>(upTo(maxKnown));

  constructor(
    private readonly whatsappIds: WhatsAppIds,
    private readonly streams: Streams,
    private readonly people: People,
    private readonly checks: NumberChecks,
  ) {}

  /**
   * Whose message it is. Undefined where it did not go to this chat: to this group, as a status post, or to this person, by whichever of their
   * addresses. A person also has what was posted as a status to them, but not what was sent to a group: WhatsApp names the group then.
   * @throws {Transient}
   */
  async sentTo(chat: string, sessionId: string, whatsappId: string): Promise<MessageOwner | undefined> {
    const messageId = await this.whatsappIds.findSent(sessionId, whatsappId);
    const own = messageId === undefined ? undefined : (this.known.get(messageId) ?? (await this.read(messageId)));
    if (!own) return undefined;
    return own.chat === chat || (isOfPerson(chat) && (await this.wentToPerson(own, chat))) ? own.owner : undefined;
  }

  private async read(messageId: string): Promise<Known | undefined> {
    const { state } = await this.streams.state(messageDecider, messageId);
    const own = ownOf(state);
    if (state.status === 'none' || !own) return undefined;
    const known = { owner: state.owner, account: own.account, chat: own.chat };
    this.known.set(messageId, known);
    return known;
  }

  private async wentToPerson({ owner, account, chat }: Known, jid: string): Promise<boolean> {
    const place = { userId: owner.userId, sessionId: owner.sessionId, account };
    if (isOfPerson(chat)) return this.isOnePerson(place, chat, jid);
    if (!isStatus(chat)) return false;
    const { state } = await this.streams.state(messageDecider, owner.messageId);
    const recipients = ownOf(state)?.recipients ?? [];
    if (recipients.includes(jid)) return true;
    const { chatId } = await this.people.chatOf(place, personOf(jid));
    for (const recipient of recipients) {
      if ((await this.people.chatOf(place, personOf(recipient))).chatId === chatId) return true;
    }
    return false;
  }

  /** WhatsApp is asked where one is known by number and the other by LID alone. Where it does not tell, nothing says that they are two. */
  private async isOnePerson(place: AccountPlace, one: string, other: string): Promise<boolean> {
    const [chat, otherChat] = [
      await this.people.chatOf(place, personOf(one)),
      await this.people.chatOf(place, personOf(other)),
    ];
    if (chat.chatId === otherChat.chatId) return true;
    const number = chat.phoneNumber ?? otherChat.phoneNumber;
    if (number === null) return false;
    if (chat.phoneNumber !== null && otherChat.phoneNumber !== null) return chat.phoneNumber === otherChat.phoneNumber;
    const lid = chat.phoneNumber === null ? one : other;
    try {
      const [check] = await this.checks.ofAll(place, [number]);
      return !check?.lid || bareJid(check.lid) === lid;
    } catch (error) {
      if (error instanceof NotConnected || error instanceof QueryFailed) return true;
      throw error;
    }
  }
}
