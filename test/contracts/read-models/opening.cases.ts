import { expect, it } from '@jest/globals';
import { collection, increment, put, ReadModelsUnavailable } from '#lib/read-models';
import { batchOf, type ViewsFixture, withViews } from '../../support/read-models/fixture.js';

type Note = { readonly user?: string; readonly text?: string; readonly n?: number };
const notes = collection<Note>({ name: 'notes', version: 3, indexes: [['user']] });

const withFixture = async (
  newFixture: () => Promise<ViewsFixture>,
  work: (fixture: ViewsFixture) => Promise<void>,
): Promise<void> => {
  const fixture = await newFixture();
  try {
    await work(fixture);
  } finally {
    await fixture.remove();
  }
};

export const openingCases = (newFixture: () => Promise<ViewsFixture>): void => {
  it('finds all stored documents and progress', () =>
    withFixture(newFixture, async (fixture) => {
      await withViews(fixture, [notes], (views) =>
        views.apply(batchOf(notes, { 5: [increment('a', { n: 2 }, { user: 'u' })] })),
      );
      await withViews(fixture, [notes], async (views) => {
        expect(await views.progress(notes.name)).toEqual({ checkpoint: 5, parked: [] });
        await views.apply(batchOf(notes, { 5: [increment('a', { n: 2 })], 6: [increment('a', { n: 1 })] }));
        expect(await views.find(notes, { where: { user: 'u' }, limit: 1 })).toEqual({
          data: [{ n: 3, user: 'u' }],
          next: null,
        });
      });
    }));

  it('returns the stored version until the view is rebuilt', () =>
    withFixture(newFixture, async (fixture) => {
      const newer = { ...notes, version: 4 };
      await withViews(fixture, [notes], async (views) => {
        expect(await views.prepare([notes])).toEqual(new Map([['notes', 3]]));
      });
      await withViews(fixture, [newer], async (views) => {
        expect(await views.prepare([newer])).toEqual(new Map([['notes', 3]]));
        await views.beginRebuild(newer);
        await views.finishRebuild(newer);
        expect(await views.prepare([newer])).toEqual(new Map([['notes', 4]]));
      });
    }));

  it('updates indexes and search to a changed definition', () =>
    withFixture(newFixture, async (fixture) => {
      const other = collection<Note>({ ...notes, indexes: [['text', 'n'], ['n']], search: ['text'] });
      const third = collection<Note>({ ...notes, indexes: [['user']], search: ['user'] });
      await withViews(fixture, [notes], (views) =>
        views.apply(
          batchOf(notes, { 1: [put('a', { user: 'u', text: 'one', n: 1 }), put('b', { user: 'v', text: 'two' })] }),
        ),
      );
      await withViews(fixture, [other], async (views) => {
        await views.apply(batchOf(other, { 2: [put('c', { user: 'u', text: 'three', n: 3 })] }));
        const { data } = await views.find(other, {
          where: { n: { gte: 1 } },
          sort: { field: 'n', order: 'desc' },
          limit: 9,
        });
        expect(data.map(({ n }) => n)).toEqual([3, 1]);
        expect((await views.find(other, { search: 'two', limit: 9 })).data.map(({ text }) => text)).toEqual(['two']);
      });
      await withViews(fixture, [third], async (views) => {
        expect(await views.count(third, { user: 'u' })).toBe(2);
        expect((await views.find(third, { search: 'u', limit: 9 })).data).toHaveLength(2);
        expect((await views.find(third, { search: 'two', limit: 9 })).data).toEqual([]);
      });
      await withViews(fixture, [notes], async (views) => {
        await expect(views.find(notes, { search: 'u', limit: 9 })).rejects.toThrow(TypeError);
        expect(await views.count(notes, { text: 'three' })).toBe(1);
      });
    }));

  it('rejects names that are not valid in a store', () =>
    withFixture(newFixture, async (fixture) => {
      const views = await fixture.open();
      for (const name of ['', 'Notes', 'a_b', 'a b', `a"`, '-a']) {
        await expect(views.prepare([{ name, version: 1 }])).rejects.toThrow(TypeError);
      }
      await expect(views.prepare([{ name: 'a', version: 1, indexes: [['a-b']] }])).rejects.toThrow(TypeError);
      await views.close();
    }));

  it('finishes accepted batches on close, and rejects new calls', () =>
    withFixture(newFixture, async (fixture) => {
      const views = await fixture.open();
      await views.prepare([notes]);
      const accepted = Array.from({ length: 40 }, (_, index) =>
        views.apply(batchOf(notes, { [index + 1]: [increment('a', { n: 1 })] })),
      );
      const [closing, again] = [views.close(), views.close()];
      const late = views.apply(batchOf(notes, { 99: [] }));
      await expect(late).rejects.toMatchObject({ name: 'ReadModelsUnavailable', reason: 'closed' });
      await Promise.all([...accepted, closing, again]);
      await expect(views.get(notes, 'a')).rejects.toThrow(ReadModelsUnavailable);
      await expect(views.find(notes, { limit: 1 })).rejects.toThrow(ReadModelsUnavailable);
      await expect(views.progress('notes')).rejects.toThrow(ReadModelsUnavailable);
      await expect(views.ready()).rejects.toThrow(ReadModelsUnavailable);
      await withViews(fixture, [notes], async (views) => expect(await views.get(notes, 'a')).toEqual({ n: 40 }));
    }));

  it('drops what was not prepared, and nothing else', () =>
    withFixture(newFixture, async (fixture) => {
      const gone = collection<Note>({ name: 'gone', version: 1, indexes: [['user']], search: ['text'] });
      const change = { 1: [put('a', { user: 'u', text: 'one' })] };
      await withViews(fixture, [notes, gone], async (views) => {
        expect(await views.dropUnprepared()).toEqual([]);
        await views.apply(batchOf(notes, change));
        await views.apply(batchOf(gone, change));
        await views.beginRebuild(gone);
        await views.apply(batchOf(gone, change, { shadow: true }));
      });
      await withViews(fixture, [notes], async (views) => {
        expect(await views.dropUnprepared()).toEqual(['gone']);
        expect(await views.dropUnprepared()).toEqual([]);
        expect(await views.get(notes, 'a')).toEqual({ user: 'u', text: 'one' });
      });
      // Where the definition comes back, the view begins anew.
      const back = { ...gone, version: 2 };
      await withViews(fixture, [notes, back], async (views) => {
        expect((await views.prepare([back])).get('gone')).toBe(2);
        expect(await views.progress('gone')).toEqual({ checkpoint: 0, parked: [] });
        await views.apply(batchOf(gone, { 1: [put('b', { user: 'u', text: 'one' })] }));
        expect(await views.find(gone, { search: 'one', limit: 9 })).toEqual({
          data: [{ user: 'u', text: 'one' }],
          next: null,
        });
        expect((await views.progress(notes.name)).checkpoint).toBe(1);
      });
    }));

  it('brings its files into shape while it is open', () =>
    withFixture(newFixture, (fixture) =>
      withViews(fixture, [notes], (views) => expect(views.maintain()).resolves.toBeUndefined()),
    ));

  it('is ready while it is open', () =>
    withFixture(newFixture, (fixture) =>
      withViews(fixture, [notes], (views) => expect(views.ready()).resolves.toBeUndefined()),
    ));
};
