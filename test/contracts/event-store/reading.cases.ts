import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore, ReadAll, ReadStream, StoredEvent } from '#lib/event-store';
import { categoryOf } from '#lib/event-store';
import { collect, idsOf, newEvent, newEvents } from '../../support/event-store/events.js';
import { withStore, type OpenStoreFixture, type StoreFixture } from '../../support/event-store/fixture.js';

const streams = ['message-1', 'message-2', 'session-1', 'slots', 'message-3'];
const types = ['Queued', 'Sent', 'Read'];
const rare = 'Lost';

/** Stores 1,500 events (or 50 a round) in five streams of three categories, of which the store has indexed some. */
const fill = async (store: EventStore, rounds = 30): Promise<readonly StoredEvent[]> => {
  const last = new Map<string, number>();
  for (let round = 0; round < rounds; round += 1) {
    const stream = streams[round % streams.length] as string;
    const events = newEvents(50).map((event, index) => ({ ...event, type: types[index % types.length] as string }));
    const all = round === 7 || round === 28 ? [...events.slice(1), newEvent(rare)] : events;
    const { revision } = await store.append({ stream, expected: last.get(stream) ?? 'no_stream', events: all });
    last.set(stream, revision);
    if (round === Math.floor((rounds * 2) / 3)) await store.verify();
  }
  return collect(store.readAll());
};

export const reading = (open: OpenStoreFixture): void => {
  describe('reading', () => {
    let filled: StoreFixture;
    let store: EventStore;
    let all: readonly StoredEvent[];
    beforeAll(async () => {
      filled = await open();
      ({ store } = filled);
      all = await fill(store);
    });
    afterAll(() => filled.remove());

    it(
      'finds nothing in an empty store or in a stream that does not exist',
      withStore(open, async (empty) => {
        for (const direction of ['forwards', 'backwards'] as const) {
          expect(await collect(empty.readAll({ direction }))).toEqual([]);
          expect(await collect(empty.readStream('message-0', { direction }))).toEqual([]);
        }
        expect(await empty.head()).toBe(0);
      }),
    );

    it('returns all events in the order of positions', async () => {
      expect(all).toHaveLength(1500);
      const positions = all.map(({ position }) => position);
      expect(positions).toEqual(positions.toSorted((a, b) => a - b));
      expect(new Set(positions).size).toBe(1500);
      expect(store.capabilities.gapless ? positions.at(-1) : 1500).toBe(1500);
      expect(await collect(store.readAll({ direction: 'backwards' }))).toEqual(all.toReversed());
    });

    it('starts anywhere, in both directions, with any limit', async () => {
      const cases = [
        ...[0, 1, 499, 500, 501, 1049, 1050, 1051, 1498, 1499].flatMap((index) =>
          [0, 1, 60].map((limit) => ({ index, limit })),
        ),
        ...[0, 499, 1050, 1499].flatMap((index) => [700, undefined].map((limit) => ({ index, limit }))),
      ];
      for (const { index, limit } of cases) {
        const from = all[index]?.position ?? 0;
        const options: ReadAll = { from, ...(limit !== undefined && { limit }) };
        const end = limit ?? all.length;
        expect(idsOf(await collect(store.readAll(options)))).toEqual(idsOf(all.slice(index, index + end)));
        const backwards = all
          .slice(0, index + 1)
          .toReversed()
          .slice(0, end);
        expect(idsOf(await collect(store.readAll({ ...options, direction: 'backwards' })))).toEqual(idsOf(backwards));
      }
      expect(await collect(store.readAll({ from: (all.at(-1)?.position ?? 0) + 1 }))).toEqual([]);
      expect(await collect(store.readAll({ from: 0, direction: 'backwards' }))).toEqual([]);
      expect(await collect(store.readAll({ from: 0 }))).toHaveLength(1500);
    });

    it('returns a stream from any revision, in both directions', async () => {
      for (const stream of streams) {
        const events = all.filter((event) => event.stream === stream);
        expect(events.map(({ revision }) => revision)).toEqual(Array.from(events, (_, index) => index));
        for (const from of [0, 1, 199, 249, 250, 299, 300]) {
          for (const limit of from === 199 ? [1, 30, 1000] : [1, 30]) {
            const options: ReadStream = { from, limit };
            const forwards = events.slice(from, from + limit);
            expect(idsOf(await collect(store.readStream(stream, options)))).toEqual(idsOf(forwards));
            const backwards = events
              .slice(0, from + 1)
              .toReversed()
              .slice(0, limit);
            const read = store.readStream(stream, { ...options, direction: 'backwards' });
            expect(idsOf(await collect(read))).toEqual(idsOf(backwards));
          }
        }
        expect(await collect(store.readStream(stream, { direction: 'backwards' }))).toEqual(events.toReversed());
      }
    });

    const filters: readonly NonNullable<ReadAll['filter']>[] = [
      {},
      { categories: ['message'] },
      { categories: ['session', 'slots'] },
      { categories: ['message'], types: ['Read'] },
      { types: [rare] },
      { categories: ['slots'], types: [rare] },
      { categories: ['nothing'] },
      { categories: [] },
      { types: ["' OR 1=1 --"] },
    ];
    it.each(filters)('applies filters: %j', async (filter) => {
      const kept = (event: StoredEvent) =>
        (filter.categories?.includes(categoryOf(event.stream)) ?? true) && (filter.types?.includes(event.type) ?? true);
      for (const [index, limits] of [
        [0, [60]],
        [400, [1]],
        [1049, [1, 2000]],
        [1480, [60]],
      ] as const) {
        const from = all[index]?.position ?? 0;
        for (const limit of limits) {
          const forwards = all.slice(index).filter(kept).slice(0, limit);
          expect(idsOf(await collect(store.readAll({ filter, from, limit })))).toEqual(idsOf(forwards));
          const backwards = all
            .slice(0, index + 1)
            .filter(kept)
            .toReversed()
            .slice(0, limit);
          const read = store.readAll({ filter, from, limit, direction: 'backwards' });
          expect(idsOf(await collect(read))).toEqual(idsOf(backwards));
        }
      }
    });

    it(
      'ends at the event that was last at the time of the call, can be stopped, and can be repeated',
      withStore(open, async (own) => {
        const all = await fill(own, 10);
        const whole = own.readAll();
        const stream = own.readStream('message-1');
        await own.append({ stream: 'message-1', expected: 'any', events: newEvents(1) });
        expect(await collect(whole)).toHaveLength(all.length);
        expect(await collect(stream)).toHaveLength(100);
        for await (const event of whole) {
          expect(event.id).toBe(all[0]?.id);
          break;
        }
        expect(await collect(whole)).toEqual(all);
      }),
    );

    it('answers concurrent requests of one iteration in order', async () => {
      const events = store.readAll({ limit: 3 })[Symbol.asyncIterator]();
      const results = await Promise.all(Array.from({ length: 5 }, () => events.next()));
      expect(results.map(({ done, value }) => (done === true ? 'end' : value.id))).toEqual([
        ...idsOf(all.slice(0, 3)),
        'end',
        'end',
      ]);
    });
  });
};
