import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { AnswerOf } from '#lib/event-sourcing';
import { jidOf, type Person, type Received } from '#lib/whatsapp';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import type { CommandHandler } from '../../platform/context-definition.js';
import { upTo } from '../../platform/growing-cache.js';
import { Streams } from '../../platform/streams/streams.js';
import type { AccountPlace, LearnPeople, NamedPerson } from '../address.contract.js';
import { chatIdOf, chatJidOf } from '../message-ids.js';
import { addressDecider, type LearnAddress } from './address.decider.js';
import { addressesOf, type KnownAddress } from './people.rules.js';

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
export class People implements CommandHandler<LearnPeople> {
  /** Only spares looking into the log: what is recorded twice changes nothing. */
  private readonly recorded = new LRUCache<string, string>(upTo(maxAddressesInMemory));

  constructor(
    private readonly commands: CommandBus,
    private readonly streams: Streams,
  ) {}

  /** As the log has it at this moment. @throws {StoreUnavailable} */
  async chatOf(
    { sessionId, account }: Pick<AccountPlace, 'sessionId' | 'account'>,
    person: Person,
  ): Promise<ChatIdentity> {
    const chat = chatJidOf(person);
    const chatId = chatIdOf(sessionId, account, chat);
    const { state } = await this.streams.state(addressDecider, chatId);
    if (!state) return { chatId, chat, phoneNumber: person.phoneNumber };
    return { chatId: state.chatId, chat: jidOf(state.phoneNumber), phoneNumber: state.phoneNumber };
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

  /** Records what WhatsApp named. @throws {StoreUnavailable} */
  async learn(place: AccountPlace, people: readonly NamedPerson[], context: CommandContext): Promise<void> {
    await Promise.all(people.flatMap(addressesOf).map((known) => this.record(place, known, context)));
  }

  async execute({ data: { people, ...place } }: LearnPeople, context: CommandContext): Promise<AnswerOf<LearnPeople>> {
    await this.learn(place, people, context);
  }

  private async record(place: AccountPlace, known: KnownAddress, context: CommandContext): Promise<void> {
    const { userId, sessionId, account } = place;
    const addressId = chatIdOf(sessionId, account, known.address);
    const person = `${known.phoneNumber} ${known.lid}`;
    if (this.recorded.get(addressId) === person) return;
    const chatId = chatIdOf(sessionId, account, jidOf(known.phoneNumber));
    const data = { addressId, userId, sessionId, chatId, account, ...known, at: new Date().toISOString() };
    await this.commands.execute<LearnAddress>({ type: 'LearnAddress', data }, context);
    this.recorded.set(addressId, person);
  }
}
