import { describe, expect, it } from '@jest/globals';
import { InvalidAppend, NotSupported, RevisionConflict, type ExpectedRevision } from '#lib/event-store';
import { collect, newEvents, newStream } from '../../support/event-store/events.js';
import { withStore, type OpenStoreFixture } from '../../support/event-store/fixture.js';

const appendTo = (stream: string, expected: ExpectedRevision, count: number) => ({
  stream,
  expected,
  events: newEvents(count),
});

const expectNotSupported = (work: Promise<unknown>): Promise<void> => expect(work).rejects.toThrow(NotSupported);

export const manyStreams = (open: OpenStoreFixture): void => {
  describe('appending to several streams', () => {
    it(
      'stores all in one transaction, or is not supported',
      withStore(open, async (store) => {
        const appends = [appendTo(newStream(), 'no_stream', 2), appendTo(newStream(), 'any', 3)];
        if (!store.capabilities.multiStream) return expectNotSupported(store.appendMany(appends));
        const answers = await store.appendMany(appends);
        expect(answers.map(({ revision }) => revision)).toEqual([1, 2]);
        const ids = appends.flatMap(({ events }) => events.map(({ id }) => id));
        expect((await collect(store.readAll())).map(({ id }) => id)).toEqual(ids);
        expect(await store.appendMany(appends)).toEqual(answers);
        expect(await store.head()).toBe(answers[1]?.position);
      }),
    );

    it(
      'stores nothing if one of them has a conflict',
      withStore(open, async (store) => {
        if (!store.capabilities.multiStream) return;
        const taken = newStream();
        await store.append(appendTo(taken, 'no_stream', 1));
        const appends = [appendTo(newStream(), 'no_stream', 2), appendTo(taken, 'no_stream', 1)];
        const others = Array.from({ length: 5 }, () => store.append(appendTo(newStream(), 'no_stream', 1)));
        await expect(store.appendMany(appends)).rejects.toMatchObject({
          name: RevisionConflict.name,
          stream: taken,
          actual: 0,
        });
        await Promise.all(others);
        expect(await collect(store.readAll())).toHaveLength(6);
      }),
    );

    it(
      'accepts one stream, rejects one that occurs twice, and does nothing for none',
      withStore(open, async (store) => {
        expect(await store.appendMany([appendTo(newStream(), 'any', 1)])).toMatchObject([{ revision: 0 }]);
        expect(await store.appendMany([])).toEqual([]);
        if (!store.capabilities.multiStream) return;
        const twice = newStream();
        const rejected = store.appendMany([appendTo(twice, 'any', 1), appendTo(twice, 'any', 1)]);
        await expect(rejected).rejects.toThrow(InvalidAppend);
      }),
    );
  });
};
