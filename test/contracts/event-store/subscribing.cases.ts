import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { EventStore, StoredEvent, Subscribe, SubscriptionPage } from '#lib/event-store';
import { collect, idsOf, newEvent, newEvents } from '../../support/event-store/events.js';
import { withStore, type OpenStoreFixture } from '../../support/event-store/fixture.js';
import { eventually } from '../../support/eventually.js';

/** Follows a subscription in the background. */
const follow = (store: EventStore, options: Omit<Subscribe, 'signal'>) => {
  const abort = new AbortController();
  const pages: SubscriptionPage[] = [];
  const events: StoredEvent[] = [];
  const ended = (async () => {
    for await (const page of store.subscribe({ ...options, signal: abort.signal })) {
      pages.push(page);
      events.push(...page.events);
    }
  })();
  return { pages, events, ended, stop: () => (abort.abort(), ended) };
};

const positionOf = (pages: readonly SubscriptionPage[]): number => pages.at(-1)?.position ?? -1;

export const subscribing = (open: OpenStoreFixture): void => {
  describe('subscribing', () => {
    it(
      'catches up, says that it is live, and continues live',
      withStore(open, async (store) => {
        await store.append({ stream: 'message-1', expected: 'any', events: newEvents(1200) });
        const follower = follow(store, { after: 0, pageSize: 100 });
        await eventually(() => follower.pages.at(-1)?.live === true);
        expect(follower.events).toHaveLength(1200);
        expect(follower.pages.slice(0, -1).every(({ live }) => !live)).toBe(true);
        await store.append({ stream: 'message-1', expected: 'any', events: newEvents(3) });
        await eventually(() => follower.events.length === 1203);
        await follower.stop();
        expect(follower.events).toEqual(await collect(store.readAll()));
        expect(follower.pages.every(({ events }) => events.length <= 100)).toBe(true);
        expect(positionOf(follower.pages)).toBe(await store.head());
      }),
    );

    it(
      'starts after any position, and is live at once if there is nothing to catch up with',
      withStore(open, async (store) => {
        const { position } = await store.append({ stream: 'a-1', expected: 'any', events: newEvents(5) });
        const follower = follow(store, { after: position });
        await eventually(() => follower.pages.length > 0);
        expect(follower.pages).toEqual([{ events: [], position, live: true }]);
        const late = newEvent();
        await store.append({ stream: 'a-1', expected: 'any', events: [late] });
        await eventually(() => follower.events.length > 0);
        await follower.stop();
        expect(idsOf(follower.events)).toEqual([late.id]);
      }),
    );

    it(
      'advances past events that the filter does not match',
      withStore(open, async (store) => {
        await store.append({ stream: 'a-1', expected: 'any', events: newEvents(700, 'Common') });
        await store.verify();
        const follower = follow(store, { after: 0, filter: { categories: ['a', 'b'], types: ['Rare'] } });
        await eventually(async () => positionOf(follower.pages) === (await store.head()));
        await store.append({ stream: 'b-1', expected: 'any', events: newEvents(1, 'Rare') });
        await store.append({ stream: 'c-1', expected: 'any', events: newEvents(1, 'Rare') });
        await store.append({ stream: 'a-1', expected: 'any', events: newEvents(1, 'Common') });
        await eventually(async () => positionOf(follower.pages) === (await store.head()));
        await follower.stop();
        expect(follower.events.map(({ stream, type }) => [stream, type])).toEqual([['b-1', 'Rare']]);
      }),
    );

    it(
      'tells a reader how far the log has gone, in a page or without one where nothing matches',
      withStore(open, async (store) => {
        const reached: number[] = [];
        const skippedTo = (position: number) => reached.push(position) > 0;
        const follower = follow(store, { after: 0, filter: { types: ['Rare'] }, skippedTo });
        await eventually(() => follower.pages.at(-1)?.live === true);
        const [rare, late] = [newEvent('Rare'), newEvent('Rare')];
        for (const events of [
          newEvents(2, 'Common'),
          [rare],
          newEvents(3, 'Common'),
          [late, ...newEvents(1, 'Common')],
        ]) {
          const { position } = await store.append({ stream: 'a-1', expected: 'any', events });
          await eventually(() => Math.max(positionOf(follower.pages), reached.at(-1) ?? 0) >= position);
        }
        await follower.stop();
        expect(idsOf(follower.events)).toEqual([rare.id, late.id]);
        expect(reached).toEqual([...new Set(reached)].sort((a, b) => a - b));
        for (const { position } of follower.events) expect(reached).not.toContain(position);
      }),
    );

    it(
      'gives the page to a reader that wants it',
      withStore(open, async (store) => {
        const follower = follow(store, { after: 0, filter: { types: ['Rare'] }, skippedTo: () => false });
        await eventually(() => follower.pages.length === 1);
        const { position } = await store.append({ stream: 'a-1', expected: 'any', events: newEvents(2, 'Common') });
        await eventually(() => positionOf(follower.pages) >= position);
        await follower.stop();
        expect(follower.events).toEqual([]);
      }),
    );

    it(
      'follows one stream from any position',
      withStore(open, async (store) => {
        for (let round = 0; round < 40; round += 1) {
          await store.append({ stream: `a-${round % 2}`, expected: 'any', events: newEvents(5) });
          if (round === 30) await store.verify();
        }
        const all = await collect(store.readAll());
        for (const index of [0, 1, 80, 154, 155, 156, 199]) {
          const after = all[index]?.position ?? 0;
          const follower = follow(store, { stream: 'a-1', after, pageSize: 7 });
          await eventually(() => positionOf(follower.pages) >= (all.at(-1)?.position ?? 0));
          await follower.stop();
          const expected = all.slice(index + 1).filter(({ stream }) => stream === 'a-1');
          expect(idsOf(follower.events)).toEqual(idsOf(expected));
        }
        const follower = follow(store, { stream: 'a-9', after: 0, filter: { types: ['Kept'] } });
        await store.append({ stream: 'a-9', expected: 'no_stream', events: [newEvent('Kept'), newEvent('Other')] });
        await store.append({ stream: 'a-1', expected: 'any', events: [newEvent('Kept')] });
        await eventually(async () => positionOf(follower.pages) === (await store.head()));
        await follower.stop();
        expect(follower.events.map(({ stream, type }) => [stream, type])).toEqual([['a-9', 'Kept']]);
      }),
    );

    it(
      'misses nothing while many append, and does not overrun a slow reader',
      withStore(open, async (store) => {
        const quick = follow(store, { after: 0 });
        const slow = store.subscribe({ after: 0, pageSize: 10 })[Symbol.asyncIterator]();
        const seenSlowly: StoredEvent[] = [];
        const readSlowly = async () => {
          const { value } = await slow.next();
          expect((value as SubscriptionPage).events.length).toBeLessThanOrEqual(10);
          seenSlowly.push(...(value as SubscriptionPage).events);
        };
        await Promise.all(
          Array.from({ length: 64 }, async (_, writer) => {
            for (let count = 0; count < 8; count += 1) {
              const expected = count === 0 ? 'no_stream' : count - 1;
              await store.append({ stream: `w-${writer}`, expected, events: newEvents(1) });
              if (writer === 0) await readSlowly();
            }
          }),
        );
        await eventually(() => quick.events.length === 512);
        await quick.stop();
        const all = await collect(store.readAll());
        expect(idsOf(quick.events)).toEqual(idsOf(all));
        while (seenSlowly.length < all.length) await readSlowly();
        await slow.return?.();
        expect(idsOf(seenSlowly)).toEqual(idsOf(all));
      }),
    );

    it(
      'ends at once when it is aborted: before it starts, between pages, and while it waits',
      withStore(open, async (store) => {
        await store.append({ stream: 'a-1', expected: 'any', events: newEvents(50) });
        expect(await collect(store.subscribe({ after: 0, signal: AbortSignal.abort() }))).toEqual([]);

        const abort = new AbortController();
        let pages = 0;
        for await (const _page of store.subscribe({ after: 0, pageSize: 10, signal: abort.signal })) {
          pages += 1;
          abort.abort();
        }
        expect(pages).toBe(1);

        const waiting = follow(store, { after: await store.head() });
        await eventually(() => waiting.pages.length === 1);
        await turn();
        await waiting.stop();
        expect(waiting.pages).toHaveLength(1);
      }),
    );

    it(
      'ends when the store is closed',
      withStore(open, async (store) => {
        const live = follow(store, { after: 0 });
        const far = follow(store, { after: 0, stream: 'a-1' });
        await eventually(() => live.pages.length + far.pages.length === 2);
        await store.close();
        await Promise.all([live.ended, far.ended]);
      }),
    );
  });
};
