import type { Database } from '#lib/sqlite';
import type { ReadAll, ReadStream, StoredEvent, Subscribe, SubscriptionPage } from '../port.js';
import { eventsOf } from './events-iterable.js';
import { closedError, storeError } from './problems.js';
import { Reader, type Page } from './reader.js';
import type { RecentEvents } from './recent.js';
import { subscription } from './subscription.js';
import { Turns } from './turns.js';
import type { LogView } from './view.js';

const pageSize = 500;
const farthest = Number.MAX_SAFE_INTEGER;

/** Everything that reads: in pages, on the calling thread, each page in its turn. */
export class LogReads {
  private readonly reader: Reader;
  private readonly turns = new Turns();

  constructor(
    db: Database,
    private readonly view: LogView,
    recent: RecentEvents,
  ) {
    this.reader = new Reader(db, recent);
  }

  stream(stream: string, { direction = 'forwards', from, limit }: ReadStream): AsyncIterable<StoredEvent> {
    const upTo = this.view.head;
    const first = from ?? (direction === 'forwards' ? 0 : farthest);
    const step = direction === 'forwards' ? 1 : -1;
    return this.paged(limit, (last, most) => {
      const next = last ? last.revision + step : first;
      return this.reader.stream(this.view.tail, { stream, from: next, upTo, direction, limit: most });
    });
  }

  all({ direction = 'forwards', from, limit, filter }: ReadAll): AsyncIterable<StoredEvent> {
    const head = this.view.head;
    return this.paged(limit, (last, most) => {
      const stretch =
        direction === 'forwards'
          ? { lowest: last ? last.position + 1 : (from ?? 1), highest: head }
          : { lowest: 1, highest: last ? last.position - 1 : Math.min(from ?? head, head) };
      return this.reader.all(this.view.tail, { ...stretch, direction, limit: most, filter });
    });
  }

  subscribe(options: Subscribe): AsyncIterable<SubscriptionPage> {
    const inTurn = <Result>(read: () => Result) => this.turns.run(() => (this.view.over ? undefined : translate(read)));
    return subscription(this.view, this.reader, inTurn, options);
  }

  private paged(
    limit: number | undefined,
    read: (last: StoredEvent | undefined, most: number) => Page,
  ): AsyncIterable<StoredEvent> {
    return eventsOf(() => {
      let left = limit ?? farthest;
      return async (last) => {
        const page = await this.inTurn(() => read(last, Math.min(pageSize, left)));
        left -= page.events.length;
        return { events: page.events, isLast: page.isLast || left <= 0 };
      };
    });
  }

  private inTurn<Result>(read: () => Result): Promise<Result> {
    return this.turns.run(() => {
      if (this.view.over) throw closedError();
      return translate(read);
    });
  }
}

const translate = <Result>(read: () => Result): Result => {
  try {
    return read();
  } catch (error) {
    throw storeError(error);
  }
};
