import { describe, expect, it } from '@jest/globals';
import { RevisionConflict } from '#lib/event-store';
import { collect, newEvents, newStream } from '../../support/event-store/events.js';
import { withStore, type OpenStoreFixture } from '../../support/event-store/fixture.js';

const writers = Array.from({ length: 64 }, (_, writer) => writer);

export const concurrency = (open: OpenStoreFixture): void => {
  describe('concurrent callers', () => {
    it(
      'append in order to their own streams, at positions that are all different',
      withStore(open, async (store) => {
        const positions = await Promise.all(
          writers.map(async (writer) => {
            const own: number[] = [];
            for (let revision = 0; revision < 8; revision += 1) {
              const expected = revision === 0 ? 'no_stream' : revision - 1;
              const appended = await store.append({ stream: `w-${writer}`, expected, events: newEvents(1) });
              expect(appended.revision).toBe(revision);
              own.push(appended.position);
            }
            return own;
          }),
        );
        const stored = await collect(store.readAll());
        expect(stored.map(({ position }) => position)).toEqual(positions.flat().toSorted((a, b) => a - b));
        expect(store.capabilities.gapless ? stored.at(-1)?.position : stored.length).toBe(stored.length);
        for (const own of positions) expect(own).toEqual(own.toSorted((a, b) => a - b));
        expect((await store.verify()).corrupt).toEqual([]);
      }),
    );

    it(
      'that expect the same revision: exactly one wins, and other appends are not affected',
      withStore(open, async (store) => {
        const stream = newStream();
        const contested = writers.map(() => store.append({ stream, expected: 'no_stream', events: newEvents(2) }));
        const neighbours = writers.map(() =>
          store.append({ stream: newStream(), expected: 'no_stream', events: newEvents(1) }),
        );
        const results = await Promise.allSettled(contested);
        await Promise.all(neighbours);
        const lost = results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
        expect(lost).toHaveLength(63);
        for (const { reason } of lost) expect(reason).toMatchObject({ name: RevisionConflict.name, actual: 1 });
        expect(await collect(store.readStream(stream))).toHaveLength(2);
        expect(await store.head()).toBeGreaterThanOrEqual(66);
      }),
    );

    it(
      'see an append when they read after it',
      withStore(open, async (store) => {
        await Promise.all(
          writers.map(async (writer) => {
            const stream = `w-${writer}`;
            for (let count = 1; count <= 3; count += 1) {
              const expected = count === 1 ? 'no_stream' : count - 2;
              const { position } = await store.append({ stream, expected, events: newEvents(1) });
              expect(await collect(store.readStream(stream))).toHaveLength(count);
              const [last] = await collect(store.readAll({ from: position, limit: 1 }));
              expect(last).toMatchObject({ stream, position });
            }
          }),
        );
      }),
    );
  });
};
