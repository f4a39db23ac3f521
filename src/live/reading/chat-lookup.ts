import { Inject, Injectable } from '@nestjs/common';
import type { AnswerOf, EventCodec, Recorded } from '#lib/event-sourcing';
import type { AddressEvent, ListChatNames } from '../../messaging/address.contract.js';
import { QueryBus } from '../../platform/bus/query-bus.js';
import { CommandContext } from '../../platform/command-context.js';
import type { Stores } from '../../platform/stores.js';
import { CODEC, STORES } from '../../platform/tokens.js';
import { ChatNames, isLearning, learning } from './chat-names.js';
import { isOfOwner, type Owner } from './interest.js';

/** Finds what names a chat: in the view, as far as that has come, and from there in the log. */
@Injectable()
export class ChatLookup {
  private readonly context = CommandContext.new({ kind: 'system', id: 'live' });

  constructor(
    private readonly queries: QueryBus,
    @Inject(STORES) private readonly stores: Stores,
    @Inject(CODEC) private readonly codec: EventCodec,
  ) {}

  /**
   * What names the chat that is meant by its id, a phone number or a jid, as of a position of the log: its messages may have come by the
   * person's LID. @throws {StoreUnavailable | CorruptEvent}
   */
  async find(of: string, owner: Owner, position: number): Promise<ChatNames> {
    const names = new ChatNames();
    await this.addAll(names, [of], owner, position);
    return names;
  }

  /** The names with what an event says of them, and all that had turned out to be one with that before. @throws {StoreUnavailable | CorruptEvent} */
  async learn(names: ChatNames, { data, position }: Recorded<AddressEvent>, owner: Owner): Promise<void> {
    await this.addAll(names, names.learn(data), owner, position);
  }

  private async addAll(names: ChatNames, found: readonly string[], owner: Owner, position: number): Promise<void> {
    for (let next = found; next.length > 0;) {
      const answers = await Promise.all(next.map((of) => this.ask(of, owner)));
      for (const answer of answers) names.add(answer);
      const learned: string[] = [];
      const after = Math.min(...answers.map(({ shownUpTo }) => shownUpTo));
      for await (const { data } of this.learnings(after, position))
        if (isOfOwner(owner, data)) learned.push(...names.learn(data));
      next = learned;
    }
  }

  private ask(of: string, { userId }: Owner): Promise<AnswerOf<ListChatNames>> {
    const query: ListChatNames = { type: 'ListChatNames', data: { of, ...(userId !== null && { userId }) } };
    return this.queries.execute<ListChatNames>(query, this.context);
  }

  /** What the log has that the view does not show yet. */
  private async *learnings(after: number, upTo: number): AsyncGenerator<Recorded<AddressEvent>> {
    if (after >= upTo) return;
    const filter = { categories: [learning.category], types: [learning.type] };
    for await (const page of this.stores.events.subscribe({ after, filter })) {
      for (const event of await this.codec.decode(page.events))
        if (isLearning(event) && event.position <= upTo) yield event;
      if (page.live || page.position >= upTo) return;
    }
  }
}
