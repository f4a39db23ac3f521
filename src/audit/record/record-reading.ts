import { Inject, Injectable } from '@nestjs/common';
import type { EventCodec, Recorded } from '#lib/event-sourcing';
import { CorruptEvent, type EventFilter, type EventStore } from '#lib/event-store';
import { checkCursor } from '../../platform/log-cursor.js';
import type { Stores } from '../../platform/stores.js';
import { CODEC, STORES } from '../../platform/tokens.js';
import { clockMarginMs, isPast, matchesRecord, type RecordFilter } from './record-filter.rules.js';

/** Events that match, in order. All up to `position` were looked at. */
type RecordPage = { readonly events: readonly Recorded[]; readonly position: number };

export type RecordSlice = RecordPage & {
  /** Whether there is nothing after `position` at the time of the call. */
  readonly isEnd: boolean;
};

const pageSize = 500;
/** A question whose answer is rare ends after this, and says how far it came. */
const maxSliceMs = 1000;

/** Reads the whole record: filtered by type and category in the store, and by user and time here. */
@Injectable()
export class RecordReading {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(CODEC) private readonly codec: EventCodec,
  ) {}

  /** The first events after a position. @throws {DomainError} `cursor_unknown` @throws {CorruptEvent | StoreUnavailable} */
  async slice(filter: RecordFilter, after: number, limit: number): Promise<RecordSlice> {
    const begunAt = performance.now();
    const events: Recorded[] = [];
    let position = after;
    for await (const page of this.pages(filter, after)) {
      events.push(...page.events);
      position = page.position;
      const last = events[limit - 1];
      if (last && (events.length > limit || page.position > last.position)) {
        return { events: events.slice(0, limit), position: last.position, isEnd: false };
      }
      if (performance.now() - begunAt > maxSliceMs) return { events, position, isEnd: false };
    }
    return { events, position, isEnd: true };
  }

  /** All of it after a position, up to what is the last event now, a bounded part at a time. @throws as `slice` */
  async *pages(filter: RecordFilter, after: number): AsyncGenerator<RecordPage, void, undefined> {
    const { events: store } = this.stores;
    const head = await store.head();
    if (after >= head) return;
    await checkCursor(store, after);
    const matches = matchesRecord(filter);
    const start = await this.start(filter, after);
    for await (const page of store.subscribe({ after: start, filter: inStore(filter), pageSize })) {
      const within = page.events.filter(({ position }) => position <= head);
      const last = page.events.at(-1);
      const position = Math.min(page.position, head);
      yield { events: await this.codec.decode(within.filter(matches)), position };
      if (page.live || page.position >= head || (last && isPast(filter, last.recordedAt))) return;
    }
  }

  /** The position after which the first event is that can match. Only where positions can be counted, it is looked for. */
  private async start({ from }: RecordFilter, after: number): Promise<number> {
    const { events: store } = this.stores;
    if (from === undefined || !store.capabilities.gapless) return after;
    const earliest = new Date(Date.parse(from) - clockMarginMs).toISOString();
    try {
      return Math.max(after, await lastBefore(store, earliest));
    } catch (error) {
      if (error instanceof CorruptEvent) return after; // it stands where the search looked, and may be out of the way
      throw error;
    }
  }
}

const inStore = ({ types, categories }: RecordFilter): EventFilter => ({
  ...(types && { types }),
  ...(categories && { categories }),
});

/** The position of the last event that was recorded before a time, by halving; 0 if there is none. */
const lastBefore = async (store: EventStore, time: string): Promise<number> => {
  let [low, high] = [0, await store.head()];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((await recordedAt(store, middle)) < time) low = middle;
    else high = middle - 1;
  }
  return low;
};

const recordedAt = async (store: EventStore, position: number): Promise<string> => {
  for await (const event of store.readAll({ from: position, limit: 1 })) return event.recordedAt;
  throw new Error(`There is no event ${position}`);
};
