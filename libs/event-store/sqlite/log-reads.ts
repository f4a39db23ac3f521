import type { Database } from '#lib/sqlite';
import type { ReadAll, ReadStream, StoredEvent, Subscribe, SubscriptionPage } from '../port.js';
import type { DamagedEvents } from '../damaged-events.js';
import { eventsOf } from './events-iterable.js';
import { closedError, storeError } from './errors.js';
import { Reader, type EventPage } from './reader.js';
import type { RecentEvents } from './recent-events.js';
import { subscription } from './subscription.js';
import { ReadScheduler } from './read-scheduler.js';
import type { LogView } from './log-view.js';

const pageSize = 500;
const unlimited = Number.MAX_SAFE_INTEGER;

/** All reads: page by page, on the calling thread, scheduled fairly. */
export class LogReads {
  private readonly reader: Reader;
  private readonly scheduler = new ReadScheduler();

  constructor(
    db: Database,
    private readonly view: LogView,
    recent: RecentEvents,
    damaged: DamagedEvents,
  ) {
    this.reader = new Reader(db, recent, damaged);
  }

  stream(stream: string, { direction = 'forwards', from, limit }: ReadStream): AsyncIterable<StoredEvent> {
    const upTo = this.view.head;
    const first = from ?? (direction === 'forwards' ? 0 : unlimited);
    const step = direction === 'forwards' ? 1 : -1;
    return this.paged(limit, (last, count) => {
      const next = last ? last.revision + step : first;
      return this.reader.stream(this.view.tail, { stream, from: next, upTo, direction, limit: count });
    });
  }

  all({ direction = 'forwards', from, limit, filter }: ReadAll): AsyncIterable<StoredEvent> {
    const head = this.view.head;
    return this.paged(limit, (last, count) => {
      const range =
        direction === 'forwards'
          ? { lowest: last ? last.position + 1 : (from ?? 1), highest: head }
          : { lowest: 1, highest: last ? last.position - 1 : Math.min(from ?? head, head) };
      return this.reader.all(this.view.tail, { ...range, direction, limit: count, filter });
    });
  }

  subscribe(options: Subscribe): AsyncIterable<SubscriptionPage> {
    const scheduled = <Result>(read: () => Result) =>
      this.scheduler.run(() => (this.view.over ? undefined : translate(read)));
    return subscription(this.view, this.reader, scheduled, options);
  }

  private paged(
    limit: number | undefined,
    read: (last: StoredEvent | undefined, count: number) => EventPage,
  ): AsyncIterable<StoredEvent> {
    return eventsOf(() => {
      let remaining = limit ?? unlimited;
      return async (last) => {
        const page = await this.scheduled(() => read(last, Math.min(pageSize, remaining)));
        remaining -= page.events.length;
        return { events: page.events, isLast: page.isLast || remaining <= 0 };
      };
    });
  }

  private scheduled<Result>(read: () => Result): Promise<Result> {
    return this.scheduler.run(() => {
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
