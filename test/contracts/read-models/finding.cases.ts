import { beforeAll, expect, it } from '@jest/globals';
import { collection, type Find, patch, put, remove, removeAll, type Where } from '#lib/read-models';
import type { Json } from '#lib/json';
import { batchOf, type ViewsFixture, viewsFor } from '../../support/read-models/fixture.js';

type Parcel = { readonly [field: string]: Json };

const parcels = collection<Parcel>({
  name: 'parcels',
  version: 1,
  indexes: [['user', 'at'], ['value'], ['at']],
  search: ['text', 'to'],
});
const owned = collection<Parcel>({ ...parcels, name: 'owned-parcels', searchWithin: 'user' });
const bare = collection<Parcel>({ name: 'bare-parcels', version: 1 });

const documents: { readonly [id: string]: Parcel } = {
  a: {
    user: 'anna',
    at: '2026-11-20T10:00:00.000Z',
    value: 1,
    text: 'Crème brûlée for Ångström',
    grams: 5,
    price: 1.5,
  },
  b: { user: 'anna', at: '2026-11-20T23:59:59.999Z', value: '1', text: 'two creams', to: 'Berlin', grams: 7 },
  c: { user: 'anna', at: '2026-11-21T00:00:00.000Z', value: true, text: 'Order-4711 "now"', grams: '9' },
  d: { user: 'bert', at: '2026-11-22', value: 0, text: '+49 170 123', to: 'Bern', price: 2 },
  e: { user: 'bert', value: false, at: null, grams: 100 },
  f: { user: 'bert', at: 'x', value: null, text: 17 },
  g: { user: 'carl', value: { deep: 1 } },
  h: { user: 'carl', value: [1], at: '2026-11-20T00:00:00.000Z' },
};

export const findingCases = (newFixture: () => Promise<ViewsFixture>): void => {
  const opened = viewsFor(newFixture, [parcels, owned, bare]);
  const ids = new Map(Object.entries(documents).map(([id, doc]) => [JSON.stringify(doc), id]));
  beforeAll(async () => {
    const writes = Object.entries(documents).map(([id, doc]) => put(id, doc));
    await opened.views.apply(batchOf(parcels, { 1: writes }));
    await opened.views.apply(batchOf(bare, { 1: writes }));
  });

  /** The ids that both views find, with indexes and without. */
  const found = async (find: Omit<Find<Parcel>, 'limit'>): Promise<string> => {
    const pages = await Promise.all([parcels, bare].map((view) => opened.views.find(view, { limit: 100, ...find })));
    const [indexed, scanned] = pages.map(({ data }) => data.map((doc) => ids.get(JSON.stringify(doc))).join(''));
    expect(indexed).toBe(scanned);
    return indexed ?? '';
  };
  const matches = async (where: Where<Parcel>): Promise<string> => {
    const matching = await found({ where });
    expect(await opened.views.count(parcels, where)).toBe(matching.length);
    expect(await opened.views.count(bare, where)).toBe(matching.length);
    return [...matching].reverse().join('');
  };

  it('returns those of many documents that there are, each once', async () => {
    const asked = ['h', 'never', 'a', 'b', 'a', 'c', '__proto__', "d' OR 1"];
    for (const view of [parcels, bare])
      for (const count of [0, 1, 3, asked.length]) {
        const docs = await opened.views.getAll(view, asked.slice(0, count));
        const wanted = new Set(asked.slice(0, count).filter((id) => Object.hasOwn(documents, id)));
        expect(new Set(docs.map((doc) => ids.get(JSON.stringify(doc))))).toEqual(wanted);
        expect(docs).toHaveLength(wanted.size);
      }
  });

  it('returns all documents by id, newest first, by default', async () => {
    expect(await found({})).toBe('hgfedcba');
    expect(await opened.views.count(parcels)).toBe(8);
  });

  it.each<[string, Where<Parcel>, string]>([
    ['a text', { user: 'anna' }, 'abc'],
    ['a number, but not its text or true', { value: 1 }, 'a'],
    ['a text, but not its number', { value: '1' }, 'b'],
    ['true, but not 1', { value: true }, 'c'],
    ['false, but not 0 or null', { value: false }, 'e'],
    ['null or absent, but not an object', { value: null }, 'f'],
    ['absent', { at: null }, 'eg'],
    ['some of several', { value: { in: [0, '1', true] } }, 'bcd'],
    ['some of several or absent', { value: { in: ['1', null] } }, 'bf'],
    ['some of many numbers, but not their texts', { value: { in: Array.from({ length: 100 }, (_, n) => n) } }, 'ad'],
    ['some of many values', { value: { in: [...Array.from({ length: 100 }, (_, n) => n), '1', null] } }, 'abdf'],
    ['none of none', { value: { in: [] } }, ''],
    ['a lower bound of numbers, without texts and booleans', { value: { gte: 0 } }, 'ad'],
    ['an upper bound of numbers, without null', { value: { lt: 1 } }, 'd'],
    ['a lower bound of texts, without booleans and objects', { value: { gte: '' } }, 'b'],
    ['an upper bound of texts, without numbers', { at: { lte: '2026-11-20T10:00:00.000Z' } }, 'ah'],
    ['a range', { at: { gte: '2026-11-20', lt: '2026-11-21' } }, 'abh'],
    ['a range of a number and a text', { value: { gt: 0, lt: 'z' } }, ''],
    ['several fields', { user: 'anna', at: { gt: '2026-11-20T10:00:00.000Z' }, value: '1' }, 'b'],
    ['a field that no document has', { nothing: 'x' }, ''],
  ])('matches %s', async (_what, where, expected) => {
    expect(await matches(where)).toBe(expected);
  });

  it('sorts absent fields first, then numbers, texts, booleans and the rest, ties by id', async () => {
    expect(await found({ sort: { field: 'value', order: 'asc' } })).toBe('fdabecgh');
    expect(await found({ sort: { field: 'value', order: 'desc' } })).toBe('hgcebadf');
    expect(await found({ where: { user: 'anna' }, sort: { field: 'at', order: 'desc' } })).toBe('cba');
  });

  it.each([
    ['creme', 'a'],
    ['CREAM', 'b'],
    ['cre', 'ba'],
    ['cr', ''],
    ['two', 'b'],
    ['ber', 'db'],
    ['ber two', 'b'],
    ['two bern', ''],
    ['ångström', 'a'],
    ['4711 order', 'c'],
    ['170 +49', 'd'],
    ['17', ''],
    ['49', 'd'],
    ['rème', ''],
    ['"', ''],
    ['* OR NOT a NEAR(', ''],
    ['cre*', 'ba'],
    ['words:cream', ''],
    ['', ''],
  ])('searches for %j', async (search, expected) => {
    const { data } = await opened.views.find(parcels, { search, limit: 10 });
    expect(data.map((doc) => ids.get(JSON.stringify(doc))).join('')).toBe(expected);
  });

  it('searches among the documents that match', async () => {
    const find = { where: { user: 'anna' }, search: 'cre', sort: { field: 'at', order: 'asc' }, limit: 1 } as const;
    const first = await opened.views.find(parcels, find);
    expect(first.data).toEqual([documents.a]);
    expect(await opened.views.find(parcels, { ...find, cursor: first.next ?? '' })).toEqual({
      data: [documents.b],
      next: null,
    });
  });

  it('searches within the documents of an owner, also one that has changed', async () => {
    const { views } = opened;
    const search = async (user: string, text = 'creme') =>
      (await views.find(owned, { where: { user }, search: text, limit: 9 })).data.length;
    const writes = Object.entries(documents).map(([id, doc]) => put(id, doc));
    await views.apply(batchOf(owned, { 1: [...writes, put('o', { user: 'bert', text: 'Creme' })] }));
    expect([await search('anna'), await search('bert'), await search('ann')]).toEqual([1, 1, 0]);
    expect((await views.find(owned, { search: 'creme', limit: 9 })).data).toHaveLength(2);
    await views.apply(batchOf(owned, { 2: [patch('o', { user: 'anna' })] }));
    expect([await search('anna'), await search('bert')]).toEqual([2, 0]);
    await views.apply(batchOf(owned, { 3: [removeAll('user', 'anna')] }));
    expect(await search('anna')).toBe(0);
  });

  it('refuses a search with more than six words', async () => {
    const search = 'one two three four five six';
    expect((await opened.views.find(parcels, { search, limit: 1 })).data).toEqual([]);
    await expect(opened.views.find(parcels, { search: `${search} seven`, limit: 1 })).rejects.toThrow(RangeError);
  });

  it('searches the current text of a document', async () => {
    const { views } = opened;
    const search = async (text: string) => (await views.find(parcels, { search: text, limit: 5 })).data.length;
    await views.apply(batchOf(parcels, { 10: [put('s', { text: 'zebra' })] }));
    await views.apply(batchOf(parcels, { 11: [put('s', { text: 'zulu' })] }));
    expect([await search('zebra'), await search('zulu')]).toEqual([0, 1]);
    await views.apply(batchOf(parcels, { 12: [remove('s')] }));
    expect(await search('zulu')).toBe(0);
  });

  it('sums numbers by day, of documents with a day', async () => {
    const expected = [
      { day: '2026-11-20', count: 3, sums: { grams: 12, price: 1.5 } },
      { day: '2026-11-21', count: 1, sums: { grams: 0, price: 0 } },
      { day: '2026-11-22', count: 1, sums: { grams: 0, price: 2 } },
      { day: 'x', count: 1, sums: { grams: 0, price: 0 } },
    ];
    for (const view of [parcels, bare]) {
      expect(await opened.views.sumByDay(view, { day: 'at', sums: ['grams', 'price'] })).toEqual(expected);
    }
    const where = { user: 'anna', at: { gte: '2026-11-21' } };
    expect(await opened.views.sumByDay(parcels, { where, day: 'at', sums: [] })).toEqual([
      { day: '2026-11-21', count: 1, sums: {} },
    ]);
  });

  it('rejects invalid queries', async () => {
    const { views } = opened;
    for (const limit of [0, 1001, 1.5, NaN]) await expect(views.find(parcels, { limit })).rejects.toThrow(RangeError);
    await expect(views.find(bare, { search: 'x', limit: 1 })).rejects.toThrow('no fields to search');
    await expect(views.find(parcels, { where: { 'a b': 1 }, limit: 1 })).rejects.toThrow(TypeError);
    await expect(views.find(parcels, { sort: { field: `a'`, order: 'asc' }, limit: 1 })).rejects.toThrow(TypeError);
    await expect(views.count(parcels, { user: undefined })).rejects.toThrow(TypeError);
    await expect(views.count(parcels, { at: { before: 1 } } as unknown as Where<Parcel>)).rejects.toThrow(TypeError);
    await expect(views.sumByDay(parcels, { day: 'at', sums: ['1'] })).rejects.toThrow(TypeError);
    const unknown = collection<Parcel>({ name: 'unknown', version: 1 });
    await expect(views.get(unknown, 'a')).rejects.toThrow('unknown was not prepared');
    await expect(views.find(unknown, { limit: 1 })).rejects.toThrow('unknown was not prepared');
  });
};
