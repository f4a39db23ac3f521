import { expect, it } from '@jest/globals';
import { collection, patch, put, type ReadModels, removeAll } from '#lib/read-models';
import { batchOf, type ViewsFixture, withViews } from '../../support/read-models/fixture.js';

type Line = { readonly owner: string; readonly text: string; readonly n: number };
const lines = collection<Line>({
  name: 'lines',
  version: 1,
  indexes: [['owner', 'n'], ['n']],
  search: ['text'],
});
const shadow = true;

const line = (id: number, text: string) => put(`${id}`, { owner: `o${id % 3}`, text, n: id });
const texts = async (views: ReadModels): Promise<readonly (readonly string[])[]> => {
  const sort = { field: 'n', order: 'desc' } as const;
  const found = [
    await views.find(lines, { where: { owner: 'o1' }, sort, limit: 9 }),
    await views.find(lines, { where: { n: { gt: 2 } }, sort, limit: 9 }),
    await views.find(lines, { search: 'new', sort, limit: 9 }),
  ];
  return found.map(({ data }) => data.map(({ text }) => text));
};

export const indexingCases = (newFixture: () => Promise<ViewsFixture>): void => {
  const withLines = async (work: (views: ReadModels) => Promise<void>): Promise<void> => {
    const fixture = await newFixture();
    try {
      await withViews(fixture, [lines], work);
    } finally {
      await fixture.remove();
    }
  };

  it('changes nothing that is read, and may be done while the copy is written, and again', () =>
    withLines(async (views) => {
      await views.apply(batchOf(lines, { 1: [line(1, 'new one'), line(2, 'two')], 2: [line(4, 'four')] }));
      const before = await texts(views);
      expect(before).toEqual([['four', 'new one'], ['four'], ['new one']]);
      const building = [views.buildIndexes(lines), views.buildIndexes(lines)];
      const written = views.apply(batchOf(lines, { 3: [patch('4', { text: 'new four' }), line(7, 'seven')] }));
      await Promise.all([...building, written]);
      await views.buildIndexes(lines);
      expect(await texts(views)).toEqual([
        ['seven', 'new four', 'new one'],
        ['seven', 'new four'],
        ['new four', 'new one'],
      ]);
    }));

  it('is done for a copy that is being rebuilt, which may also be finished without', () =>
    withLines(async (views) => {
      for (const isIndexed of [true, false]) {
        await views.apply(batchOf(lines, { 1: [line(1, 'old one'), line(2, 'old two')] }));
        await views.beginRebuild(lines);
        await views.apply(batchOf(lines, { 1: [line(1, 'new one'), line(4, 'four')] }, { shadow }));
        if (isIndexed) await views.buildIndexes(lines, { shadow });
        await views.apply(batchOf(lines, { 2: [line(7, 'new seven')] }, { shadow }));
        await views.finishRebuild(lines);
        expect(await texts(views)).toEqual([
          ['new seven', 'four', 'new one'],
          ['new seven', 'four'],
          ['new seven', 'new one'],
        ]);
      }
    }));

  it('is not needed to remove all documents of somebody', () =>
    withLines(async (views) => {
      await views.apply(batchOf(lines, { 1: [line(1, 'one'), line(2, 'two')], 2: [removeAll('owner', 'o1')] }));
      await views.apply(batchOf(lines, { 3: [line(4, 'four'), removeAll('owner', 'o2')] }));
      expect(await views.count(lines)).toBe(1);
      await views.buildIndexes(lines);
      expect(await texts(views)).toEqual([['four'], ['four'], []]);
    }));
};
