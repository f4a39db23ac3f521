import { describe, expect, it } from '@jest/globals';
import { NotSupported, StoreUnavailable, type PartVerification } from '#lib/event-store';
import { collect, newEvents, newStream } from '../../support/event-store/events.js';
import { withStore, type OpenStoreFixture } from '../../support/event-store/fixture.js';

const expectNotSupported = (work: Promise<unknown>): Promise<void> => expect(work).rejects.toThrow(NotSupported);

export const upkeep = (open: OpenStoreFixture): void => {
  describe('upkeep', () => {
    it(
      'verifies an intact log while appends continue',
      withStore(open, async (store) => {
        await store.append({ stream: newStream(), expected: 'any', events: newEvents(500) });
        const walk = store.verify();
        await store.append({ stream: newStream(), expected: 'any', events: newEvents(5) });
        const { events, lastPosition, corrupt } = await walk;
        expect(corrupt).toEqual([]);
        expect(events).toBeGreaterThanOrEqual(500);
        expect(lastPosition).toBeGreaterThanOrEqual(500);
      }),
    );

    it(
      'verifies a log piece by piece, and brings its files into shape in between',
      withStore(open, async (store) => {
        for (let stream = 0; stream < 5; stream += 1) {
          await store.append({ stream: newStream(), expected: 'any', events: newEvents(900) });
        }
        await store.verify();
        let [events, pieces] = [0, 0];
        for (let next: number | null = 0; next !== null; pieces += 1) {
          const part: PartVerification = await store.verifyPart({ after: next, limit: 2000 });
          expect(part.corrupt).toEqual([]);
          events += part.events;
          ({ next } = part);
          await store.maintain();
        }
        expect(events).toBe((await collect(store.readAll())).length);
        expect(pieces).toBeGreaterThan(1);
        expect((await store.verifyPart({ after: await store.head(), limit: 1000 })).next).toBe(null);
      }),
    );

    it(
      'makes a consistent copy while appends continue',
      withStore(open, async (store, { freePath, openCopy }) => {
        const file = freePath();
        if (!openCopy) return expectNotSupported(store.backup(file));
        await store.append({ stream: 'a-1', expected: 'any', events: newEvents(2000) });
        const backup = { isDone: false };
        const writing = Promise.all(
          Array.from({ length: 8 }, async (_, writer) => {
            for (let count = 0; !backup.isDone || count < 50; count += 1) {
              await store.append({ stream: `w-${writer}`, expected: 'any', events: newEvents(2) });
            }
          }),
        );
        await store.backup(file);
        backup.isDone = true;
        await writing;
        const copy = await openCopy(file);
        const copied = await collect(copy.readAll());
        expect(copied.length).toBeGreaterThanOrEqual(2000);
        expect(copied).toEqual((await collect(store.readAll())).slice(0, copied.length));
        expect((await copy.verify()).corrupt).toEqual([]);
        expect(await copy.append({ stream: 'a-1', expected: 1999, events: newEvents(1) })).toMatchObject({
          revision: 2000,
        });
        await expect(store.backup(file)).rejects.toThrow('exists');
      }),
    );

    it(
      'is ready while open; on close, finishes accepted appends and rejects new calls',
      withStore(open, async (store, { reopen }) => {
        await store.ready();
        const accepted = Array.from({ length: 20 }, () =>
          store.append({ stream: newStream(), expected: 'no_stream', events: newEvents(1) }),
        );
        const closed = store.close();
        const closedError = { name: StoreUnavailable.name, reason: 'closed' };
        const late = store.append({ stream: newStream(), expected: 'any', events: newEvents(1) });
        await expect(late).rejects.toMatchObject(closedError);
        await closed;
        await store.close();
        expect((await Promise.all(accepted)).map(({ revision }) => revision)).toEqual(accepted.map(() => 0));
        await expect(store.ready()).rejects.toMatchObject(closedError);
        await expect(store.head()).rejects.toMatchObject(closedError);
        await expect(store.verify()).rejects.toMatchObject(closedError);
        await expect(collect(store.readAll())).rejects.toMatchObject(closedError);
        expect(() => store.subscribe({ after: 0 })).toThrow(StoreUnavailable);
        expect(await collect((await reopen()).readAll())).toHaveLength(20);
      }),
    );
  });
};
