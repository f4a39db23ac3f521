import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import { isChannel, isGroup, isOfPerson, jidOf, personOf } from '#lib/whatsapp';
import type { GetGroup } from '../../groups/group.contract.js';
import { QueryBus } from '../../platform/bus/query-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import type { Stores } from '../../platform/stores.js';
import { Streams } from '../../platform/streams/streams.js';
import { STORES } from '../../platform/tokens.js';
import { chatIdOf } from '../chat-id.contract.js';
import type { MessageView } from '../message-view.contract.js';
import { knownAddresses } from '../people/known-addresses.js';
import { receiptEvents } from './receipts.contract.js';
import { statusOf, timesOf } from './receipts.rules.js';

/** How far a message has come with one of those who get it. */
export type ShownReceipt = {
  readonly phoneNumber: string | null;
  readonly lid: string | null;
  readonly status: 'delivered' | 'read' | 'played';
  readonly deliveredAt: string | null;
  readonly readAt: string | null;
  readonly playedAt: string | null;
};

/** Shows who has got, read or played a message that many get. */
@Injectable()
export class ShownReceipts {
  constructor(
    private readonly streams: Streams,
    private readonly queries: QueryBus,
    @Inject(STORES) private readonly stores: Stores,
  ) {}

  /** Undefined where a message has none: it came, or went to one person or a channel. @throws {StoreUnavailable} {ReadModelsUnavailable} */
  async of(view: MessageView, context: CommandContext): Promise<ShownReceipt[] | undefined> {
    const { via, chat } = view;
    if (via !== 'api' || isOfPerson(chat) || isChannel(chat)) return undefined;
    const events = await this.streams.events(receiptEvents, view.id);
    const receipts = events.flatMap(({ data }) => data.receipts);
    const lids = [...new Set(receipts.map(({ jid }) => jid).filter((jid) => jid.endsWith('@lid')))];
    const numberOf = await this.numbersOf(lids, view, context);
    const lidOf = new Map(lids.flatMap((lid) => (numberOf.get(lid) ? [[jidOf(numberOf.get(lid)!), lid]] : [])));
    const people = timesOf(receipts, (jid) => {
      const number = numberOf.get(jid);
      return number ? jidOf(number) : jid;
    });
    return [...people].map(([jid, times]) => {
      const { phoneNumber, lid } = personOf(jid, lidOf.get(jid));
      const { delivered: deliveredAt, read: readAt, played: playedAt } = times;
      return { phoneNumber, lid, status: statusOf(times), deliveredAt, readAt, playedAt };
    });
  }

  /** The numbers of LIDs: as they are known, or as WhatsApp tells them of the members of the group. */
  private async numbersOf(
    lids: readonly string[],
    { userId, sessionId, account, chat, chatId }: MessageView,
    context: CommandContext,
  ): Promise<ReadonlyMap<string, string | null>> {
    const idOf = (lid: string): string => chatIdOf(sessionId, account, lid);
    const known = await knownAddresses(this.stores.models, lids.map(idOf));
    const numbers = new Map(lids.map((lid) => [lid, known.get(idOf(lid))?.phoneNumber ?? null]));
    if (!isGroup(chat) || ![...numbers.values()].includes(null)) return numbers;
    const query: GetGroup = { type: 'GetGroup', data: { userId, groupId: chatId } };
    const group = await this.queries.execute<GetGroup>(query, context).catch((error: unknown) => {
      if (error instanceof DomainError) return { participants: [] }; // it is not known any more
      throw error;
    });
    for (const { lid, phoneNumber } of group.participants) {
      if (lid !== null && numbers.get(lid) === null) numbers.set(lid, phoneNumber);
    }
    return numbers;
  }
}
