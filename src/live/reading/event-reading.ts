import { Inject, Injectable } from '@nestjs/common';
import { DomainError, type EventCodec, type Recorded } from '#lib/event-sourcing';
import type { StoredEvent } from '#lib/event-store';
import { checkCursor } from '../../platform/log-cursor.js';
import type { PublicEvent } from '../../platform/public-events/public-event.js';
import { PublicEvents } from '../../platform/public-events/public-events.js';
import { matchesType } from '../../platform/public-events/type-patterns.js';
import type { Stores } from '../../platform/stores.js';
import { CODEC, STORES } from '../../platform/tokens.js';
import { ChatLookup } from './chat-lookup.js';
import { isLearning, learning } from './chat-names.js';
import type { Cursor } from './cursor.js';
import { EventHub } from './event-hub.js';
import { isOfInterest, isOfOwner, type Interest, type Owner } from './interest.js';

/** What one reader reads, from some time ago to what happens now. */
export type Reading = {
  /** In order, each once. Ends with the signal. @throws {StoreUnavailable | CorruptEvent} */
  readonly events: AsyncGenerator<PublicEvent>;
  /** Where the reader stands while nothing waits for it; undefined otherwise. */
  readonly idleAt: () => number | undefined;
};

const pageSize = 100;

/** Reads public events: far behind, each reader from the log on its own; near its end, from what the hub reads for all. */
@Injectable()
export class EventReading {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(CODEC) private readonly codec: EventCodec,
    private readonly publicEvents: PublicEvents,
    private readonly hub: EventHub,
    private readonly chats: ChatLookup,
  ) {}

  start(interest: Interest, from: Cursor, signal: AbortSignal): Reading {
    let idleAt: () => number | undefined = () => undefined;
    const events = this.read(interest, from, signal, (given) => (idleAt = given));
    return { events, idleAt: () => furthest(idleAt(), this.hub.reached()) };
  }

  /**
   * Where a reader starts who was told a place, once it is known to be one. Without it, the end of the log: what happens from now on.
   * @throws {DomainError} `cursor_ahead`, `cursor_unknown` @throws {StoreUnavailable}
   */
  async placeOf(from: Cursor | undefined): Promise<Cursor> {
    const { events } = this.stores;
    const end = await events.head();
    if (!from) return { position: end, index: null };
    if (from.position > end)
      throw new DomainError('conflict', 'cursor_ahead', 'The log ends before that event: begin anew');
    await checkCursor(events, from.position);
    return from;
  }

  private async *read(
    interest: Interest,
    from: Cursor,
    signal: AbortSignal,
    idleWhile: (idleAt: () => number | undefined) => void,
  ): AsyncGenerator<PublicEvent> {
    const { userId } = interest;
    const types = this.eventTypesFor(interest);
    const wants = (event: Recorded): boolean => types.has(event.type) && mayBeOfInterest(interest, event);
    if (from.index !== null) yield* this.rest(interest, from.position, from.index);
    let { position } = from;
    while (!signal.aborted) {
      const backlog = this.hub.join(userId, position, wants);
      if (!backlog) {
        for await (const page of this.stored(types, position, signal)) {
          for (const event of page.events) if (wants(event)) yield* this.shown(interest, event);
          ({ position } = page);
          if (page.live) break;
        }
        continue;
      }
      let isTaking = false;
      idleWhile(() => (!isTaking && backlog.isEmpty() ? position : undefined));
      try {
        for (let event = await backlog.next(signal); event; event = await backlog.next(signal)) {
          isTaking = true;
          yield* this.shown(interest, event);
          ({ position } = event);
          isTaking = false;
        }
      } finally {
        idleWhile(() => undefined);
        this.hub.leave(userId, backlog);
      }
    }
  }

  /** The types of events of the log that may be of interest. */
  private eventTypesFor({ types, chat }: Interest): ReadonlySet<string> {
    const asked = this.publicEvents.catalogue.filter(({ type, isNews }) => !isNews && matchesType(types, type));
    const told = asked.flatMap(({ type }) => this.publicEvents.eventTypesOf(type));
    return new Set(chat === null ? told : [...told, learning.type]);
  }

  private async *stored(types: ReadonlySet<string>, after: number, signal: AbortSignal) {
    const filter = { categories: [...this.publicEvents.categories, learning.category], types: [...types] };
    for await (const page of this.stores.events.subscribe({ after, filter, pageSize, signal })) {
      yield { ...page, events: await this.codec.decode(page.events) };
    }
  }

  private async *shown(interest: Interest, event: Recorded): AsyncGenerator<PublicEvent> {
    if (isLearning(event) && interest.chat) await this.chats.learn(interest.chat, event, interest);
    for (const each of await this.publicEvents.of(event)) if (this.isToBeShown(interest, each)) yield each;
  }

  /** What is left of the public events of a position. */
  private async *rest(interest: Interest, position: number, index: number): AsyncGenerator<PublicEvent> {
    const found: StoredEvent[] = [];
    for await (const event of this.stores.events.readAll({ from: position, limit: 1 })) found.push(event);
    for (const event of await this.codec.decode(found)) {
      const left = event.position === position ? (await this.publicEvents.of(event)).slice(index + 1) : [];
      for (const each of left) if (this.isToBeShown(interest, each)) yield each;
    }
  }

  private isToBeShown(interest: Interest, event: PublicEvent): boolean {
    return !this.publicEvents.isNews(event.type) && isOfInterest(interest, event);
  }
}

/** A reader who came from far back may have read further than the hub, which then has nothing for them. */
const furthest = (position: number | undefined, reached: number): number | undefined =>
  position === undefined ? undefined : Math.max(position, reached);

/** What can be told without the public event. */
const mayBeOfInterest = (interest: Interest, { data }: Recorded): boolean =>
  isOfOwner(interest, data as Partial<Owner>);
