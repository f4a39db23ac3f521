import { describe, expect, it } from '@jest/globals';
import { RevisionConflict, type EventStore, type ExpectedRevision } from '#lib/event-store';
import { collect, idsOf, newEvents, newStream } from '../../support/event-store/events.js';
import { withStore, type OpenStoreFixture } from '../../support/event-store/fixture.js';

/** Stores three events in a stream, then more in it and in others. */
const prepare = async (store: EventStore, expected: ExpectedRevision) => {
  const stream = newStream();
  if (expected !== 'no_stream') await store.append({ stream, expected: 'no_stream', events: newEvents(1) });
  const events = newEvents(3);
  const first = await store.append({ stream, expected, events });
  await store.append({ stream: newStream(), expected: 'no_stream', events: newEvents(2) });
  await store.append({ stream, expected: 'any', events: newEvents(2) });
  return { stream, events, first };
};

export const idempotence = (open: OpenStoreFixture): void => {
  describe('appending the same events again', () => {
    it.each<ExpectedRevision>(['no_stream', 0, 'any', 'stream_exists'])(
      'at the same revision (%s) gives the first answer and stores nothing',
      (expected) =>
        withStore(open, async (store, { reopen }) => {
          const { stream, events, first } = await prepare(store, expected);
          const head = await store.head();
          const again = async (opened: EventStore) => {
            expect(await opened.append({ stream, expected, events })).toEqual(first);
            expect(await opened.head()).toBe(head);
          };
          await again(store);
          await store.verify();
          await again(store);
          await again(await reopen());
        })(),
    );

    it.each<ExpectedRevision>(['no_stream', 0, 'any'])('in part (%s) is a conflict', (expected) =>
      withStore(open, async (store) => {
        const { stream, events } = await prepare(store, expected);
        const stored = await collect(store.readStream(stream));
        const inPart = [
          [...events.slice(0, 2), ...newEvents(1)],
          [...newEvents(1), ...events.slice(1)],
          events.toReversed(),
        ];
        for (const others of inPart) {
          const rejected = store.append({ stream, expected, events: others });
          await expect(rejected).rejects.toMatchObject({ name: RevisionConflict.name, actual: stored.length - 1 });
        }
        expect(idsOf(await collect(store.readStream(stream)))).toEqual(idsOf(stored));
      })(),
    );

    it(
      'while the first append is under way stores them once',
      withStore(open, async (store) => {
        const append = { stream: newStream(), expected: 'any', events: newEvents(2) } as const;
        const answers = await Promise.all(Array.from({ length: 20 }, () => store.append(append)));
        expect(new Set(answers.map(({ position }) => position)).size).toBe(1);
        expect(await collect(store.readAll())).toHaveLength(2);
      }),
    );

    it(
      'ignores the case of ids, and allows the same id in another stream',
      withStore(open, async (store) => {
        const stream = newStream();
        const events = newEvents(1);
        const first = await store.append({ stream, expected: 'no_stream', events });
        const capitals = events.map((event) => ({ ...event, id: event.id.toUpperCase() }));
        expect(await store.append({ stream, expected: 'no_stream', events: capitals })).toEqual(first);
        const other = await store.append({ stream: newStream(), expected: 'any', events });
        expect(other.position).toBeGreaterThan(first.position);
      }),
    );
  });
};
