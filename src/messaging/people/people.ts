import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { rootOf } from '#lib/read-models';
import { isGroup, jidOf, type Person, type Received } from '#lib/whatsapp';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { upTo } from '../../platform/growing-cache.js';
import { Streams } from '../../platform/streams/streams.js';
import type { AccountPlace, NamedPerson } from '../address.contract.js';
import { chatIdOf } from '../chat-id.contract.js';
import { chatJidOf } from '../message-ids.js';
import { addressDecider, type LearnAddress } from './address.decider.js';
import { addressesOf, addressesToRecord, earlierChatOf, isLearned, type AddressState } from './people.rules.js';

/** The one chat of a person or group, and the jid that it goes by. */
export type ChatIdentity = {
  readonly chatId: string;
  readonly chat: string;
  /** E.164; null for a group, and where it is not known. */
  readonly phoneNumber: string | null;
};

const maxAddressesInMemory = 50_000;

/** Knows from the log which addresses are one person, and records what WhatsApp reveals about that. */
@Injectable()
export class People {
  /** By LID or number: what was learned last. Only spares looking into the log: what is learned twice changes nothing. */
  private readonly recorded = new LRUCache<string, string>(upTo(maxAddressesInMemory));

  private readonly addresses;

  constructor(
    private readonly commands: CommandBus,
    streams: Streams,
  ) {
    this.addresses = streams.follow(addressDecider);
  }

  /** As the log has it, as far as it has told of it. @throws {StoreUnavailable} */
  async chatOf(place: Account, person: Person): Promise<ChatIdentity> {
    const chat = chatJidOf(person);
    const ownChatId = chatIdOf(place.sessionId, place.account, chat);
    const known = await this.stateOf(ownChatId);
    if (!known) return { chatId: ownChatId, chat, phoneNumber: person.phoneNumber };
    const { phoneNumber } = known;
    return {
      chatId: await this.follow(known.chatId),
      chat: phoneNumber === null ? chat : jidOf(phoneNumber),
      phoneNumber: phoneNumber ?? person.phoneNumber,
    };
  }

  /** What arrived, with the numbers of people whom WhatsApp named by the LID alone this time. @throws {StoreUnavailable} */
  async recognize<R extends Received>(sessionId: string, received: R): Promise<R> {
    const { account, chat, sender } = received;
    const numbered = async (person: Person): Promise<Person> =>
      person.phoneNumber === null && person.lid !== null
        ? { ...person, phoneNumber: (await this.chatOf({ sessionId, account }, person)).phoneNumber }
        : person;
    return { ...received, chat: await numbered(chat), sender: await numbered(sender) };
  }

  /**
   * Records what WhatsApp named. `usedChatId` is a chat that messages are in already under one of the addresses: it stays the person's, unless
   * there is an earlier one. @throws {StoreUnavailable}
   */
  async learn(
    place: AccountPlace,
    people: readonly NamedPerson[],
    context: CommandContext,
    usedChatId?: string,
  ): Promise<void> {
    await Promise.all(people.map((person) => this.learnOne(place, person, context, usedChatId)));
  }

  /** Records that a chat begins with a LID whose number is not known. @throws {StoreUnavailable} */
  async open(place: AccountPlace, { jid, phoneNumber, lid }: Person, context: CommandContext): Promise<void> {
    if (phoneNumber !== null || lid === null || isGroup(jid)) return;
    const { userId, sessionId, account } = place;
    const chatId = chatIdOf(sessionId, account, lid);
    if (this.recorded.has(chatId)) return;
    await this.record(
      { addressId: chatId, userId, sessionId, account, address: lid, chatId, phoneNumber, lid },
      context,
    );
    this.recorded.set(chatId, lid);
  }

  private async learnOne(
    place: AccountPlace,
    person: NamedPerson,
    context: CommandContext,
    usedChatId: string | undefined,
  ): Promise<void> {
    const { userId, sessionId, account } = place;
    const { phoneNumber, lid } = person;
    const addresses = addressesOf(person);
    if (!addresses || phoneNumber === null) return;
    const idOf = (address: string): string => chatIdOf(sessionId, account, address);
    const key = idOf(lid ?? addresses.number);
    const named = `${addresses.number} ${addresses.spelling}`;
    if (this.recorded.get(key) === named) return;
    const known = {
      number: await this.stateOf(idOf(addresses.number)),
      lid: lid === null ? null : await this.stateOf(idOf(lid)),
      spelling: addresses.spelling === null ? null : await this.stateOf(idOf(addresses.spelling)),
    };
    const ownChatId = idOf(addresses.number);
    const chatId = await this.follow(earlierChatOf(phoneNumber, known) ?? usedChatId ?? ownChatId);
    for (const address of addressesToRecord(addresses, chatId, ownChatId)) {
      const data = { addressId: idOf(address), userId, sessionId, account, address, chatId, phoneNumber, lid };
      await this.record(data, context);
    }
    this.recorded.set(key, named);
  }

  /** What is on record needs no command, which would read the stream to be sure of it. */
  private async record(data: Omit<LearnAddress['data'], 'at'>, context: CommandContext): Promise<void> {
    if (isLearned(await this.stateOf(data.addressId), data)) return;
    const at = new Date().toISOString();
    await this.commands.execute<LearnAddress>({ type: 'LearnAddress', data: { ...data, at } }, context);
  }

  private async stateOf(addressId: string): Promise<AddressState> {
    return (await this.addresses.state(addressId)).state;
  }

  private async follow(chatId: string): Promise<string> {
    const leads = new Map<string, string>();
    for (let id = chatId; !leads.has(id);) {
      const known = await this.stateOf(id);
      if (!known) break;
      leads.set(id, known.chatId);
      id = known.chatId;
    }
    return rootOf(chatId, leads);
  }
}

type Account = Pick<AccountPlace, 'sessionId' | 'account'>;
