import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventCodec } from '#lib/event-sourcing';
import type { EventFilter } from '#lib/event-store';
import { sharedReading } from '#lib/subscriptions';
import { bumped, counterCodec } from '../support/counters.js';
import { openTestStores, type TestStores } from '../support/stores.js';

const eventsOfEachKind = 4000;

let stores: TestStores;
let decoded: number;
let end: number;

/** Counts the events that are decoded, and cannot decode those of the unknown kinds. */
const codec = (unknown: readonly string[] = []): EventCodec => ({
  encode: (events) => counterCodec.encode(events),
  decode: (events) => {
    decoded += events.length;
    if (events.some(({ type }) => unknown.includes(type)))
      return Promise.reject(new Error('Written by a newer version'));
    return counterCodec.decode(events);
  },
});

beforeEach(async () => {
  stores = await openTestStores();
  decoded = 0;
  for (let count = 0; count < eventsOfEachKind; count += 500) {
    for (const kind of ['even', 'odd']) {
      const events = Array.from({ length: 500 }, (_, index) => ({ ...bumped('a', count + index), type: kind }));
      ({ position: end } = await stores.store.append({ stream: `${kind}-a`, expected: 'any', events }));
    }
  }
});

afterEach(() => stores.close());

const filterOf = (kind: string): EventFilter => ({ categories: [kind], types: [kind] });

type Following = { readonly kind: string; readonly after?: number; readonly signal?: AbortSignal };

/** Follows until the end of the log; answers what it got. */
const follow = async (
  reading: ReturnType<typeof sharedReading>,
  { kind, after = 0, signal }: Following,
  onPage: (position: number) => Promise<void> | void = () => {},
): Promise<readonly number[]> => {
  const stopping = new AbortController();
  const ended = signal ? AbortSignal.any([signal, stopping.signal]) : stopping.signal;
  const got: number[] = [];
  for await (const { events, position, live } of reading.subscribe({ after, filter: filterOf(kind), signal: ended })) {
    for (const event of events) {
      expect(event.type).toBe(kind);
      got.push((event.data as { readonly by: number }).by);
    }
    await onPage(position);
    if (live) stopping.abort();
  }
  return got;
};

const all = Array.from({ length: eventsOfEachKind }, (_, index) => index);

describe('followers of the log that begin far behind its end at the same time', () => {
  it('get each its own events, in order, and every event is decoded once for all of them', async () => {
    const reading = sharedReading({ store: stores.store, codec: codec() });
    const kinds = ['even', 'odd', 'even', 'odd'];
    expect(await Promise.all(kinds.map((kind) => follow(reading, { kind })))).toEqual([all, all, all, all]);
    expect(decoded).toBe(2 * eventsOfEachKind);
  });

  it('get nothing that is before the position that they ask for', async () => {
    const reading = sharedReading({ store: stores.store, codec: codec() });
    const [whole, later] = await Promise.all([
      follow(reading, { kind: 'even' }),
      follow(reading, { kind: 'even', after: 1000 }),
    ]);
    expect(whole).toEqual(all);
    expect(later).toEqual(all.slice(500));
  });

  it('go on when one of them stops', async () => {
    const reading = sharedReading({ store: stores.store, codec: codec() });
    const stopping = new AbortController();
    const stopped = follow(reading, { kind: 'odd', signal: stopping.signal }, () => stopping.abort());
    const others = [follow(reading, { kind: 'even' }), follow(reading, { kind: 'odd' })];
    expect(await Promise.all(others)).toEqual([all, all]);
    expect((await stopped).length).toBeLessThan(eventsOfEachKind);
  });

  it('do not wait for one that takes nothing, which still gets all', async () => {
    const reading = sharedReading({ store: stores.store, codec: codec() });
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const slow = follow(reading, { kind: 'odd' }, () => held);
    const others = [follow(reading, { kind: 'even' }), follow(reading, { kind: 'odd' })];
    expect(await Promise.all(others)).toEqual([all, all]);
    goOn();
    expect(await slow).toEqual(all);
  });

  it('are troubled only by events of their own that cannot be read', async () => {
    const reading = sharedReading({ store: stores.store, codec: codec(['odd']) });
    const odd = follow(reading, { kind: 'odd' });
    const [even] = await Promise.all([
      follow(reading, { kind: 'even' }),
      expect(odd).rejects.toThrow('Written by a newer version'),
    ]);
    expect(even).toEqual(all);
  });
});

describe('a follower near the end of the log', () => {
  it('reads for itself only what it asked for', async () => {
    const reading = sharedReading({ store: stores.store, codec: codec() });
    const [even] = await Promise.all([
      follow(reading, { kind: 'even', after: end - 1000 }),
      follow(reading, { kind: 'odd', after: end - 1000 }),
    ]);
    expect(even).toEqual(all.slice(-500));
    expect(decoded).toBe(1000);
  });
});
