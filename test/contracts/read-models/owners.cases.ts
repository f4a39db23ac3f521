import { expect, it } from '@jest/globals';
import { collection, increment, patch, put, removeAll } from '#lib/read-models';
import { batchOf, type ViewsFixture, viewsFor, withViews } from '../../support/read-models/fixture.js';

type Thing = { readonly user: string; readonly session?: string; readonly text?: string; readonly n?: number };
const things = (name: string) =>
  collection<Thing>({ name, version: 1, indexes: [['user']], search: ['text'], owners: ['user', 'session'] });
const [later, together, others, retried, rebuilt, reopened] = [
  'later',
  'together',
  'others',
  'retried',
  'rebuilt',
  'reopened',
].map(things) as [
  ReturnType<typeof things>,
  ReturnType<typeof things>,
  ReturnType<typeof things>,
  ReturnType<typeof things>,
  ReturnType<typeof things>,
  ReturnType<typeof things>,
];
const parkedAt = (position: number) => ({
  position,
  eventId: `e${position}`,
  eventType: 'E',
  stream: 's-1',
  key: 's-1',
  error: 'no',
  attempts: 1,
  parkedAt: '2026-11-23T10:00:00.000Z',
});

export const ownersCases = (newFixture: () => Promise<ViewsFixture>): void => {
  const opened = viewsFor(newFixture, [later, together, others, retried, rebuilt]);

  it('store nothing of an owner whose documents were removed, however it is written', async () => {
    const { views } = opened;
    await views.apply(batchOf(later, { 1: [put('a', { user: 'anna', text: 'old' })], 2: [removeAll('user', 'anna')] }));
    await views.apply(
      batchOf(later, {
        3: [put('a', { user: 'anna', text: 'late' }), put('b', { user: 'bert', text: 'late' })],
        4: [increment('c', { n: 1 }, { user: 'anna', session: 's' }), patch('c', { text: 'late' })],
        5: [put('d', { user: 'anna' })],
      }),
    );
    await views.apply(batchOf(later, { 6: [increment('c', { n: 1 }, { user: 'anna' }), patch('a', { text: 'no' })] }));
    expect((await views.find(later, { limit: 9 })).data).toEqual([{ user: 'bert', text: 'late' }]);
    expect((await views.find(later, { search: 'late', limit: 9 })).data).toHaveLength(1);
    expect([await views.count(later), await views.progress(later.name)]).toEqual([1, { checkpoint: 6, parked: [] }]);
  });

  it('store nothing of them in the same batch either, by whichever owner', async () => {
    const { views } = opened;
    await views.apply(
      batchOf(together, {
        1: [put('a', { user: 'anna', session: 'one' }), put('b', { user: 'anna', session: 'two' })],
        2: [removeAll('session', 'one'), put('c', { user: 'anna', session: 'one' })],
        3: [put('d', { user: 'anna', session: 'three' }), put('a', { user: 'anna', session: 'one' })],
      }),
    );
    expect(await views.getAll(together, ['a', 'b', 'c', 'd'])).toHaveLength(2);
    await views.apply(batchOf(together, { 4: [put('b', { user: 'anna', session: 'one' })] }));
    expect((await views.find(together, { limit: 9 })).data).toEqual([{ user: 'anna', session: 'three' }]);
  });

  it('store what comes later where the documents were removed by another field', async () => {
    const { views } = opened;
    await views.apply(batchOf(others, { 1: [put('a', { user: 'anna', text: 'x' })], 2: [removeAll('text', 'x')] }));
    await views.apply(batchOf(others, { 3: [put('a', { user: 'anna', text: 'x' })] }));
    expect(await views.get(others, 'a')).toEqual({ user: 'anna', text: 'x' });
  });

  it('store nothing of an event that was parked and is retried when its owner is gone', async () => {
    const { views } = opened;
    await views.apply(batchOf(retried, {}, { checkpoint: 1, park: [parkedAt(1)] }));
    await views.apply(batchOf(retried, { 2: [removeAll('user', 'anna')] }));
    await views.apply(batchOf(retried, { 1: [put('a', { user: 'anna' })] }, { checkpoint: 2, unpark: [1] }));
    expect([await views.count(retried), await views.progress(retried.name)]).toEqual([
      0,
      { checkpoint: 2, parked: [] },
    ]);
  });

  it('know those of the copy that is served: a rebuild finds them anew', async () => {
    const { views } = opened;
    await views.apply(batchOf(rebuilt, { 1: [removeAll('user', 'anna'), removeAll('user', 'bert')] }));
    await views.beginRebuild(rebuilt);
    await views.apply(
      batchOf(rebuilt, { 1: [put('a', { user: 'anna' })], 2: [removeAll('user', 'bert')] }, { shadow: true }),
    );
    await views.apply(batchOf(rebuilt, { 2: [put('a', { user: 'anna' })] }));
    expect(await views.count(rebuilt)).toBe(0);
    await views.finishRebuild(rebuilt);
    await views.apply(batchOf(rebuilt, { 3: [put('b', { user: 'bert' }), put('c', { user: 'anna' })] }));
    expect((await views.find(rebuilt, { limit: 9 })).data).toEqual([{ user: 'anna' }, { user: 'anna' }]);
  });

  it('know them after the store was opened again', async () => {
    const fixture = await newFixture();
    await withViews(fixture, [reopened], (views) => views.apply(batchOf(reopened, { 1: [removeAll('user', 'anna')] })));
    await withViews(fixture, [reopened], async (views) => {
      await views.apply(batchOf(reopened, { 2: [put('a', { user: 'anna' }), put('b', { user: 'bert' })] }));
      expect((await views.find(reopened, { limit: 9 })).data).toEqual([{ user: 'bert' }]);
    });
    await fixture.remove();
  });
};
