import { Injectable } from '@nestjs/common';
import type { ContactNames, Person } from '#lib/whatsapp';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Streams } from '../../platform/streams/streams.js';
import type { AccountPlace } from '../address.contract.js';
import { Senders } from '../senders/senders.js';
import { People } from './people.js';
import { isSame, personDecider, withNames, type NamePerson } from './person.decider.js';

/** So many people are named side by side: an address book has thousands. */
const batchSize = 50;

/** Records what people are called. */
@Injectable()
export class Names {
  private readonly known;

  constructor(
    private readonly commands: CommandBus,
    private readonly people: People,
    private readonly senders: Senders,
    streams: Streams,
  ) {
    this.known = streams.follow(personDecider);
  }

  /** What is on record needs no command. `chatId`: the person's chat. @throws {StoreUnavailable} */
  async learn(
    place: AccountPlace & { readonly chatId: string },
    { phoneNumber, lid }: Pick<Person, 'phoneNumber' | 'lid'>,
    names: ContactNames,
    context: CommandContext,
  ): Promise<void> {
    const { state } = await this.known.state(place.chatId);
    if (isSame(withNames(state, names), state)) return;
    const data = { ...place, phoneNumber, lid, ...names, at: new Date().toISOString() };
    await this.commands.execute<NamePerson>({ type: 'NamePerson', data }, context);
  }

  /** The same of many people at once, for as long as the session is there. @throws {StoreUnavailable} */
  async learnAll(
    place: AccountPlace,
    contacts: readonly (Person & ContactNames)[],
    context: CommandContext,
  ): Promise<void> {
    for (let first = 0; first < contacts.length; first += batchSize) {
      if (!this.senders.session(place.sessionId)) return;
      await Promise.all(
        contacts.slice(first, first + batchSize).map(async ({ jid, phoneNumber, lid, ...names }) => {
          const { chatId } = await this.people.chatOf(place, { jid, phoneNumber, lid });
          await this.learn({ ...place, chatId }, { phoneNumber, lid }, names, context);
        }),
      );
    }
  }
}
