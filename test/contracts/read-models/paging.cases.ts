import { expect, it } from '@jest/globals';
import { type Collection, collection, type Find, InvalidCursor, put, type ReadModels, remove } from '#lib/read-models';
import { batchOf, type ViewsFixture, viewsFor } from '../../support/read-models/fixture.js';

type Row = { readonly id: string; readonly user: string; readonly at?: string };

const rows = (name: string) => collection<Row>({ name, version: 1, indexes: [['user', 'at']] });
const [still, moving, cursors] = [rows('still-rows'), rows('moving-rows'), rows('cursor-rows')];
const [heirs, laterHeirs] = [rows('heirs'), rows('later-heirs')];

const idOf = (index: number): string => `row-${String(index).padStart(4, '0')}`;
/** Ten rows share a time, and the first ones have none. */
const rowAt = (index: number): Row => ({
  id: idOf(index),
  user: index % 7 === 0 ? 'other' : 'one',
  ...(index >= 20 && { at: new Date(1.8e12 + Math.floor(index / 10) * 1000).toISOString() }),
});
const fill = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, offset) => put(idOf(from + offset), rowAt(from + offset)));

/** Reads all pages, and does something in between. */
const walk = async (
  views: ReadModels,
  view: Collection<Row>,
  find: Find<Row>,
  between: (page: number) => Promise<void> = async () => undefined,
): Promise<readonly string[]> => {
  const seen: string[] = [];
  for (let page = 1, cursor: string | null | undefined; cursor !== null; page += 1) {
    const { data, next } = await views.find(view, cursor === undefined ? find : { ...find, cursor });
    expect(data.length).toBeLessThanOrEqual(find.limit);
    seen.push(...data.map(({ id }) => id));
    cursor = next;
    await between(page);
  }
  return seen;
};

export const pagingCases = (newFixture: () => Promise<ViewsFixture>): void => {
  const opened = viewsFor(newFixture, [still, moving, cursors, heirs, laterHeirs]);

  it.each([1, 7, 10, 99, 100, 101])('returns every document once, in pages of %d', async (limit) => {
    const { views } = opened;
    await views.apply(batchOf(still, { 1: fill(0, 100) }));
    const where = { user: 'one' };
    const expected = Array.from({ length: 100 }, (_, index) => rowAt(index))
      .filter(({ user }) => user === 'one')
      .map(({ id }) => id);
    for (const order of ['asc', 'desc'] as const) {
      const inOrder = order === 'asc' ? expected : expected.toReversed();
      expect(await walk(views, still, { where, sort: { field: 'at', order }, limit })).toEqual(inOrder);
    }
    expect(await walk(views, still, { where, limit })).toEqual(expected.toReversed());
  });

  it('does not shift when documents are added, changed and removed', async () => {
    const { views } = opened;
    let position = 1;
    await views.apply(batchOf(moving, { 1: fill(0, 100) }));
    const seen = await walk(views, moving, { sort: { field: 'at', order: 'desc' }, limit: 10 }, async (page) => {
      if (page > 5) return;
      position += 1;
      const arriving = fill(100 * page, 100 * page + 30);
      const gone = remove(idOf(page));
      const changed = put(idOf(60), { ...rowAt(60), user: `changed ${page}` });
      await views.apply(batchOf(moving, { [position]: [...arriving, gone, changed] }));
    });
    const expected = Array.from({ length: 100 }, (_, index) => 99 - index).filter((index) => index < 1 || index > 5);
    expect(seen).toEqual(expected.map(idOf));
  });

  it.each(['row-0000', 'row-9999'])(
    'begins after a value that is unique, also where %s has it by then',
    async (heir) => {
      const { views } = opened;
      const view = heir === 'row-0000' ? heirs : laterHeirs;
      const at = (index: number): string => new Date(1.8e12 + index).toISOString();
      await views.apply(
        batchOf(view, { 1: [1, 2, 3].map((index) => put(idOf(index), { ...rowAt(index), at: at(index) })) }),
      );
      for (const order of ['asc', 'desc'] as const) {
        const find = { sort: { field: 'at', order, isUnique: true }, limit: 2 } as const;
        const seen = await walk(views, view, find, async (page) => {
          if (page > 1) return;
          const position = order === 'asc' ? 2 : 4;
          const inherited = put(heir, { id: heir, user: 'one', at: at(2) });
          await views.apply(batchOf(view, { [position]: [remove(idOf(2)), inherited] }));
        });
        expect(seen).toEqual([1, 2, 3].map(idOf)[order === 'asc' ? 'slice' : 'toReversed']());
        await views.apply(batchOf(view, { 3: [remove(heir), put(idOf(2), { ...rowAt(2), at: at(2) })] }));
      }
    },
  );

  it('accepts a cursor only for the find that returned it', async () => {
    const { views } = opened;
    await views.apply(batchOf(cursors, { 1: fill(0, 50) }));
    const find = { where: { user: 'one' }, sort: { field: 'at', order: 'desc' }, limit: 5 } as const;
    const cursor = (await views.find(cursors, find)).next ?? '';
    const others: readonly Find<Row>[] = [
      { ...find, where: { user: 'other' }, cursor },
      { ...find, where: {}, cursor },
      { ...find, sort: { field: 'at', order: 'asc' }, cursor },
      { where: find.where, limit: 5, cursor },
      { ...find, cursor: '' },
      { ...find, cursor: 'rubbish' },
      { ...find, cursor: cursor.slice(0, -4) },
      { ...find, cursor: Buffer.from('[1,2,3]').toString('base64url') },
    ];
    for (const other of others) await expect(views.find(cursors, other)).rejects.toThrow(InvalidCursor);
    await expect(views.find(moving, { ...find, cursor })).rejects.toThrow(InvalidCursor);
    expect((await views.find(cursors, { ...find, limit: 3, cursor })).data).toHaveLength(3);
  });
};
