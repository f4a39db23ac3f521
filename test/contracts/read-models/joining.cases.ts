import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  applyWrite,
  collection,
  decrement,
  increment,
  patch,
  put,
  remove,
  removeAll,
  type Write,
} from '#lib/read-models';
import { batchOf, type ViewsFixture, viewsFor, withViews } from '../../support/read-models/fixture.js';
import { joinedModel, type Own } from '../../support/read-models/joined-model.js';
import { parkedAt } from '../../support/parked.js';

type Card = Own & {
  readonly lead?: string;
  readonly others?: readonly string[];
  readonly total?: number;
  readonly title?: string;
  readonly latest?: number;
  readonly latestText?: string;
};
const cards = (name: string) =>
  collection<Card>({
    name,
    version: 1,
    indexes: [['user', 'latest']],
    search: ['title'],
    owners: ['user'],
    joined: {
      leadsBy: 'next',
      shownIn: 'lead',
      others: 'others',
      combined: {
        total: { sum: 'n' },
        title: { first: 'name' },
        latest: { newest: 'at', by: 'at' },
        latestText: { newest: 'text', by: 'at' },
      },
    },
  });
const listed = cards('listed');
const anew = cards('anew');
const empty = cards('empty');
const circles = cards('circles');
const gone = cards('gone');
const late = cards('late');
const rebuilt = cards('rebuilt');
const random = cards('random');

/** Something happens to a card at this time. */
const written = (id: string, at: number, text: string, n = 1): Write =>
  increment(id, { n }, { user: 'anna', id, at, text });
const leads = (id: string, next: string | null): Write => increment(id, { n: 0 }, { user: 'anna', id, next });
const there = (id: string): Write => increment(id, { n: 0 }, { user: 'anna', id });

export const joiningCases = (newFixture: () => Promise<ViewsFixture>, randomRuns: number): void => {
  const opened = viewsFor(newFixture, [listed, anew, empty, circles, gone, late, rebuilt, random]);

  it('lists documents that are joined once, by the whole of them, also as both go on', async () => {
    const { views } = opened;
    const find = (where: object = {}, cursor?: string) =>
      views.find(listed, {
        where: { user: 'anna', latest: { gte: 0 }, lead: null, ...where },
        sort: { field: 'latest', order: 'desc' },
        limit: 1,
        ...(cursor !== undefined && { cursor }),
      });
    await views.apply(
      batchOf(listed, {
        1: [written('a', 1, 'first')],
        2: [written('b', 2, 'read', 0)],
        3: [written('c', 3, 'between', 0)],
        4: [written('b', 4, 'newest', 0)],
      }),
    );
    await views.apply(batchOf(listed, { 5: [leads('b', 'a'), patch('b', { name: 'Ben' })] }));
    const first = await find();
    expect(first.data).toMatchObject([{ id: 'a', total: 1, latest: 4, latestText: 'newest', others: ['b'] }]);
    const second = await find({}, first.next ?? '');
    expect(second).toMatchObject({ data: [{ id: 'c' }], next: null });
    expect((await find({ total: { gte: 1 } })).data).toMatchObject([{ id: 'a' }]);
    expect((await find({ total: { lt: 1 } })).data).toMatchObject([{ id: 'c' }]);
    expect((await views.find(listed, { search: 'ben', limit: 9 })).data).toMatchObject([{ id: 'a', title: 'Ben' }]);
    await views.apply(batchOf(listed, { 6: [decrement('a', { n: 1 })], 7: [written('b', 7, 'again')] }));
    expect((await find()).data).toMatchObject([{ id: 'a', total: 1, latest: 7, latestText: 'again' }]);
    await views.apply(batchOf(listed, { 8: [decrement('b', { n: 1 })], 9: [written('a', 9, 'own')] }));
    expect((await find()).data).toMatchObject([{ id: 'a', total: 1, latest: 9, latestText: 'own' }]);
    expect(await views.get(listed, 'b')).toMatchObject({ lead: 'a', n: 0, at: 7 });
    expect(await views.get(listed, 'b')).not.toHaveProperty('latest');
  });

  it('joins documents anew, with all that lead to them', async () => {
    const { views } = opened;
    await views.apply(
      batchOf(anew, {
        1: [written('a', 1, 'a'), written('b', 2, 'b'), written('c', 3, 'c'), written('d', 4, 'd')],
        2: [leads('a', 'b'), leads('b', 'c')],
      }),
    );
    expect(await views.get(anew, 'c')).toMatchObject({ total: 3, others: ['a', 'b'], latestText: 'c' });
    await views.apply(batchOf(anew, { 3: [leads('b', 'd')] }));
    expect(await views.get(anew, 'c')).toMatchObject({ total: 1, latest: 3 });
    expect(await views.get(anew, 'c')).not.toHaveProperty('others');
    expect(await views.get(anew, 'd')).toMatchObject({ total: 3, others: ['a', 'b'] });
    expect(await views.get(anew, 'a')).toMatchObject({ lead: 'd', next: 'b' });
    await views.apply(batchOf(anew, { 4: [leads('b', null)] }));
    expect(await views.get(anew, 'b')).toMatchObject({ total: 2, others: ['a'] });
    expect(await views.get(anew, 'd')).toMatchObject({ total: 1, latest: 4 });
  });

  it('leaves out what has nothing yet, and takes it in once it has', async () => {
    const { views } = opened;
    await views.apply(batchOf(empty, { 1: [written('a', 1, 'a'), leads('b', 'a'), leads('c', 'b')] }));
    expect(await views.get(empty, 'a')).not.toHaveProperty('others');
    expect(await views.get(empty, 'b')).not.toHaveProperty('lead');
    await views.apply(batchOf(empty, { 2: [written('c', 2, 'c')] }));
    expect(await views.get(empty, 'a')).toMatchObject({ total: 2, others: ['c'], latestText: 'c' });
    expect(await views.get(empty, 'c')).toMatchObject({ lead: 'a' });
  });

  it('shows a circle as the one with the smallest id', async () => {
    const { views } = opened;
    await views.apply(batchOf(circles, { 1: [written('b', 1, 'b'), written('a', 2, 'a'), written('c', 3, 'c')] }));
    await views.apply(batchOf(circles, { 2: [leads('a', 'b')], 3: [leads('b', 'a')], 4: [leads('c', 'b')] }));
    expect(await views.get(circles, 'a')).toMatchObject({ total: 3, others: ['b', 'c'], latestText: 'c' });
    expect(await views.get(circles, 'b')).toMatchObject({ lead: 'a' });
  });

  it('joins nothing of an owner who is gone', async () => {
    const { views } = opened;
    const bert = increment('b', { n: 1 }, { user: 'bert', id: 'b' });
    await views.apply(batchOf(gone, { 1: [written('a', 1, 'a'), written('c', 1, 'c'), leads('c', 'a'), bert] }));
    await views.apply(batchOf(gone, { 2: [written('a', 2, 'a'), removeAll('user', 'anna')], 3: [leads('c', 'a')] }));
    await views.apply(batchOf(gone, { 4: [written('c', 4, 'late'), leads('a', 'c')] }));
    expect((await views.find(gone, { limit: 9 })).data).toEqual([{ user: 'bert', id: 'b', n: 1, total: 1 }]);
  });

  it('counts a parked event that is retried, once, wherever its document leads by then', async () => {
    const { views } = opened;
    await views.apply(batchOf(late, { 1: [written('a', 1, 'a')] }, { checkpoint: 2, park: [parkedAt(2)] }));
    await views.apply(batchOf(late, { 3: [written('b', 3, 'b')], 4: [leads('a', 'b')] }));
    const retry = batchOf(late, { 2: [increment('a', { n: 5 })] }, { checkpoint: 0, unpark: [2] });
    await views.apply(retry);
    await views.apply(retry);
    expect(await views.get(late, 'b')).toMatchObject({ total: 7, others: ['a'] });
  });

  it('has the same after a rebuild, however the events are put together', async () => {
    const { views } = opened;
    const changes = {
      1: [written('a', 1, 'a'), written('b', 2, 'b'), leads('d', 'a')],
      2: [leads('a', 'b')],
      3: [written('d', 3, 'd'), patch('d', { name: 'Dora' })],
      4: [leads('b', 'c'), written('c', 4, 'c')],
      5: [leads('a', null), written('a', 5, 'a')],
    };
    for (const [position, writes] of Object.entries(changes)) {
      await views.apply(batchOf(rebuilt, { [position]: writes }));
    }
    const before = (await views.find(rebuilt, { limit: 9 })).data;
    await views.beginRebuild(rebuilt);
    await views.apply(batchOf(rebuilt, changes, { shadow: true }));
    await views.finishRebuild(rebuilt);
    expect((await views.find(rebuilt, { limit: 9 })).data).toEqual(before);
    expect(await views.get(rebuilt, 'a')).toMatchObject({ total: 3, others: ['d'], title: 'Dora', latest: 5 });
  });

  it('goes on after the store was opened again', async () => {
    const fixture = await newFixture();
    const reopened = cards('reopened');
    await withViews(fixture, [reopened], (views) =>
      views.apply(batchOf(reopened, { 1: [written('a', 1, 'a'), written('b', 2, 'b'), leads('b', 'a')] })),
    );
    await withViews(fixture, [reopened], async (views) => {
      await views.apply(batchOf(reopened, { 2: [written('b', 3, 'more')] }));
      expect(await views.get(reopened, 'a')).toMatchObject({ total: 3, latestText: 'more' });
    });
    await fixture.remove();
  });

  it('takes what documents showed before the view had this for their own, until it is rebuilt', async () => {
    const fixture = await newFixture();
    const now = { ...cards('upgraded'), version: 2 };
    const before: Card[] = [
      { total: 2, title: 'Ada', latest: 4, latestText: 'old' },
      { total: 1, latest: 5, latestText: 'newer', lead: 'a' },
      { total: 0, latest: 6, latestText: 'other' },
      { total: 0 },
      { total: 0, title: 'Eve', latest: 7, latestText: 'hers', lead: 'd' },
    ];
    const earlier = collection<Card>({ name: 'upgraded', version: 1, indexes: [['lead']] });
    const stored = before.map((card, index) => put('abcde'.charAt(index), { user: 'anna', ...card } as Card));
    await withViews(fixture, [earlier], (views) => views.apply(batchOf(earlier, { 1: stored })));
    await withViews(fixture, [now], async (views) => {
      // A document with a part that is not written itself, one without, and one that only has a part.
      const archive = increment('a', { n: 0 });
      await views.apply(batchOf(now, { 2: [archive, patch('c', { name: 'Ben' }), written('d', 3, 'late', 0)] }));
      expect(await views.get(now, 'a')).toMatchObject({ total: 3, title: 'Ada', latestText: 'newer', others: ['b'] });
      expect(await views.get(now, 'c')).toMatchObject({ total: 0, title: 'Ben', latest: 6, latestText: 'other' });
      expect(await views.get(now, 'd')).toMatchObject({ total: 0, title: 'Eve', latest: 7, others: ['e'] });
      await views.apply(batchOf(now, { 8: [decrement('b', { n: 1 }), written('e', 8, 'more')] }));
      expect(await views.get(now, 'a')).toMatchObject({ total: 2, title: 'Ada', latest: 5, others: ['b'] });
      expect(await views.get(now, 'd')).toMatchObject({ total: 1, title: 'Eve', latestText: 'more', others: ['e'] });
      expect(await views.get(now, 'b')).toMatchObject({ lead: 'a', next: 'a', n: 0 });
      await views.beginRebuild(now);
      await views.apply(batchOf(now, { 8: [written('a', 8, 'anew'), leads('b', 'a')] }, { shadow: true }));
      await views.finishRebuild(now);
      expect(await views.get(now, 'a')).toEqual({
        user: 'anna',
        id: 'a',
        n: 1,
        at: 8,
        text: 'anew',
        total: 1,
        latest: 8,
        latestText: 'anew',
      });
    });
    await fixture.remove();
  });

  it('has what a simple model has, after any writes in any batches', async () => {
    const { views } = opened;
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const anyId = fc.constantFrom(...ids);
    const anyWrites: fc.Arbitrary<readonly Write[]> = fc.oneof(
      fc.tuple(anyId, fc.nat(9), fc.constantFrom(0, 1)).map(([id, at, n]) => [written(id, at, `${id}${at}`, n)]),
      fc.tuple(anyId, anyId).map(([id, next]) => [there(next), leads(id, next)]),
      anyId.map((id) => [leads(id, null)]),
      fc.tuple(anyId, fc.constantFrom('Ada', null)).map(([id, name]) => [patch(id, { name })]),
      anyId.map((id) => [put(id, { user: 'anna', id, n: 2 })]),
    );
    const anyBatch = fc.array(fc.array(anyWrites, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });
    let position = 0;
    const check = fc.asyncProperty(fc.array(anyBatch, { minLength: 1, maxLength: 5 }), async (batches) => {
      let own = new Map<string, Own>();
      await views.apply(batchOf(random, { [(position += 1)]: ids.map(remove) }));
      for (const batch of batches) {
        const changes = Object.fromEntries(batch.map((writes) => [(position += 1), writes.flat()]));
        await views.apply(batchOf(random, changes));
        for (const write of batch.flat(2)) {
          if (!('id' in write)) throw new Error('Nothing is swept here');
          const doc = applyWrite(own.get(write.id), write) as Own | undefined;
          own = new Map([...own].filter(([id]) => id !== write.id));
          if (doc) own.set(write.id, doc);
        }
        const expected = joinedModel(own);
        for (const id of ids) expect(await views.get(random, id)).toEqual(expected.get(id));
      }
    });
    await fc.assert(check, { numRuns: randomRuns });
  }, 180_000);
};
