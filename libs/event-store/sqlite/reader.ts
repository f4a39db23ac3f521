import type { Database } from '#lib/sqlite';
import { CorruptEvent } from '../errors.js';
import { passedOver, type Direction, type EventFilter, type StoredEvent } from '../port.js';
import type { DamagedEvents } from '../damaged-events.js';
import { Fetcher } from './fetcher.js';
import { matchesEvent } from '../filter.js';
import { KindFinder } from './kind-finder.js';
import { StreamFinder } from './stream-finder.js';
import type { RecentEvents } from './recent-events.js';
import type { Tail } from './tail.js';

/** Events in the order of the query. `isLast`: nothing that the query asks for comes after them. */
export type EventPage = {
  readonly events: readonly StoredEvent[];
  readonly isLast: boolean;
  /** Where the next events are, as far as that was found out: for the query of the next page. */
  readonly next?: readonly number[];
};

/** Between two positions, inclusive. */
export type AllQuery = {
  readonly lowest: number;
  readonly highest: number;
  readonly direction: Direction;
  readonly limit: number;
  readonly filter?: EventFilter | undefined;
  /** Where its first events are, if that is known from the page before. */
  readonly known?: readonly number[] | undefined;
};

export type StreamPageQuery = {
  readonly stream: string;
  /** A revision, inclusive. */
  readonly from: number;
  /** A position, inclusive. */
  readonly upTo: number;
  readonly direction: Direction;
  readonly limit: number;
};

/** Reads pages of the log on a read-only connection. A page takes one or two milliseconds. */
export class Reader {
  private readonly fetcher: Fetcher;
  private readonly kinds: KindFinder;
  private readonly streams: StreamFinder;

  constructor(
    db: Database,
    private readonly recent: RecentEvents,
    damaged: DamagedEvents,
  ) {
    this.fetcher = new Fetcher(db, damaged);
    this.kinds = new KindFinder(db);
    this.streams = new StreamFinder(db);
  }

  all(tail: Tail, { lowest, highest, direction, limit, filter, known = [] }: AllQuery): EventPage {
    const top = Math.min(highest, tail.head);
    const bottom = Math.max(lowest, 1);
    if (bottom > top || limit <= 0) return { events: [], isLast: true };
    if (!filter) {
      const [low, high] =
        direction === 'forwards'
          ? [bottom, Math.min(top, bottom + limit - 1)]
          : [Math.max(bottom, top - limit + 1), top];
      const events = this.fetcher.between(low, high, direction);
      return { events, isLast: events.length === top - bottom + 1 };
    }
    const positions =
      known.length > 0 ? known : this.kinds.find(tail, { filter, lowest: bottom, highest: top, direction, limit });
    const events = this.recent.at(positions) ?? this.fetcher.at(positions, direction);
    const matches = matchesEvent(filter);
    for (const event of events) if (event.type !== passedOver && !matches(event)) throw misindexed(event);
    const next = positions.slice(events.length);
    return { events, isLast: known.length === 0 && positions.length < limit && next.length === 0, next };
  }

  stream(tail: Tail, query: StreamPageQuery): EventPage {
    if (query.limit <= 0 || query.from < 0) return { events: [], isLast: true };
    const positions = this.streams.find(tail, query);
    const found = this.recent.at(positions) ?? this.fetcher.at(positions, query.direction);
    // The index says where the events of a stream are: they must agree with it, without gaps.
    const step = query.direction === 'forwards' ? 1 : -1;
    let revision = query.direction === 'forwards' ? query.from : (found[0]?.revision ?? 0);
    const events: StoredEvent[] = [];
    for (const event of found) {
      const isOfStream = event.stream === query.stream && event.revision === revision;
      if (event.type !== passedOver && !isOfStream) throw misindexed(event);
      events.push(isOfStream ? event : { ...event, stream: query.stream, revision });
      revision += step;
    }
    return { events, isLast: positions.length < query.limit && events.length === positions.length };
  }

  /** The first revision of a stream after a position; past its end if there is none. */
  firstRevisionAfter(tail: Tail, stream: string, position: number): number {
    return this.streams.firstAfter(tail, stream, position);
  }
}

const misindexed = ({ position }: StoredEvent): CorruptEvent =>
  new CorruptEvent(position, 'the index does not match it');
