import type { StoredEvent } from '../port.js';
import type { EventPage } from './reader.js';

/** Reads the page after an event, or the first one. */
export type NextPage = (last: StoredEvent | undefined) => Promise<EventPage>;

const end: IteratorResult<StoredEvent> = { done: true, value: undefined };

/**
 * Iterates over the events of pages; the next page is read when the current one is used up. Not an async generator, because that would
 * cost as much per event as reading it.
 */
class PagedEvents implements AsyncIterableIterator<StoredEvent> {
  private events: readonly StoredEvent[] = [];
  private used = 0;
  private isLast = false;
  private filling: Promise<void> | undefined;

  constructor(private readonly nextPage: NextPage) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<StoredEvent>> {
    const value = this.filling ? undefined : this.events[this.used];
    if (value) {
      this.used += 1;
      return Promise.resolve({ done: false, value });
    }
    if (this.isLast && !this.filling) return Promise.resolve(end);
    this.filling ??= this.fill();
    return this.filling.then(() => this.next());
  }

  return(): Promise<IteratorResult<StoredEvent>> {
    this.stop();
    return Promise.resolve(end);
  }

  private async fill(): Promise<void> {
    try {
      const page = await this.nextPage(this.events.at(-1));
      if (this.isLast) return;
      this.events = page.events;
      this.used = 0;
      this.isLast = page.isLast;
    } catch (error) {
      this.stop();
      throw error;
    } finally {
      this.filling = undefined;
    }
  }

  private stop(): void {
    this.events = [];
    this.isLast = true;
  }
}

/** Events that are read page by page; each iteration starts again. */
export const eventsOf = (start: () => NextPage): AsyncIterable<StoredEvent> => ({
  [Symbol.asyncIterator]: () => new PagedEvents(start()),
});
