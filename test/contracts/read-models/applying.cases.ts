import { expect, it } from '@jest/globals';
import {
  collection,
  decrement,
  increment,
  patch,
  patchClearing,
  patchUnless,
  put,
  remove,
  removeAll,
} from '#lib/read-models';
import { batchOf, type ViewsFixture, viewsFor } from '../../support/read-models/fixture.js';

type Tally = { readonly [field: string]: string | number | null };

const tallies = (name: string) => collection<Tally>({ name, version: 1, indexes: [['kind']], search: ['kind'] });
const writes = tallies('writes');
const repeats = tallies('repeats');
const overlaps = tallies('overlaps');
const lates = tallies('lates');
const refusals = tallies('refusals');
const crowd = Array.from({ length: 8 }, (_, index) => tallies(`crowd-${index}`));
const all = [writes, repeats, overlaps, lates, refusals, ...crowd];

export const applyingCases = (newFixture: () => Promise<ViewsFixture>): void => {
  const opened = viewsFor(newFixture, all);

  it('puts, patches, increments and removes documents', async () => {
    const { views } = opened;
    await views.apply(batchOf(writes, { 1: [put('a', { kind: 'x', n: 1 }), put('b', { kind: 'y' })] }));
    await views.apply(
      batchOf(writes, { 2: [patch('a', { kind: 'z' })], 3: [increment('a', { n: 4 }, { last: 'today' })] }),
    );
    expect(await views.get(writes, 'a')).toEqual({ kind: 'z', n: 5, last: 'today' });
    await views.apply(batchOf(writes, { 4: [remove('b'), remove('never'), patch('never', { kind: 'no' })] }));
    expect(await views.get(writes, 'b')).toBeUndefined();
    expect(await views.get(writes, 'never')).toBeUndefined();
    expect(await views.find(writes, { limit: 10 })).toEqual({ data: [{ kind: 'z', n: 5, last: 'today' }], next: null });
  });

  it('patches a document only while it has nothing in a field, where that is asked for', async () => {
    const { views } = opened;
    await views.apply(
      batchOf(writes, { 7: [put('p', { kind: 'x', gone: null }), patchUnless('gone', 'p', { n: 1 })] }),
    );
    expect(await views.get(writes, 'p')).toEqual({ kind: 'x', gone: null, n: 1 });
    await views.apply(batchOf(writes, { 8: [patch('p', { kind: null, gone: 'today' })] }));
    const late = { 9: [patchUnless('gone', 'p', { kind: 'late' }), patchUnless('gone', 'never', { kind: 'no' })] };
    await views.apply(batchOf(writes, late));
    expect(await views.get(writes, 'p')).toEqual({ kind: null, gone: 'today', n: 1 });
    expect(await views.get(writes, 'never')).toBeUndefined();
    expect((await views.find(writes, { search: 'late', limit: 9 })).data).toEqual([]);
  });

  it('clears whatever fields with a prefix a document has, where that is asked for', async () => {
    const { views } = opened;
    await views.apply(batchOf(writes, { 10: [put('c', { kind: 'x', vote0: 1, vote17: 'y', other: 2 })] }));
    await views.apply(batchOf(writes, { 11: [patch('c', { vote18: 3 }), patchClearing('vote', 'c', { n: 1 })] }));
    const cleared = { kind: 'x', vote0: null, vote17: null, vote18: null, other: 2, n: 1 };
    expect(await views.get(writes, 'c')).toEqual(cleared);
    await views.apply(batchOf(writes, { 12: [patchClearing('vote', 'never', { n: 1 })] }));
    expect(await views.get(writes, 'never')).toBeUndefined();
  });

  it('creates a document that is incremented first', async () => {
    const { views } = opened;
    await views.apply(batchOf(writes, { 13: [increment('new', { n: 2 }), increment('new', { n: 3, m: 1 })] }));
    expect(await views.get(writes, 'new')).toEqual({ n: 5, m: 1 });
  });

  it('subtracts down to 0, where that is asked for', async () => {
    const { views } = opened;
    await views.apply(batchOf(writes, { 14: [put('few', { n: 3, kind: 'x' })], 15: [decrement('few', { n: 2 })] }));
    expect(await views.get(writes, 'few')).toEqual({ n: 1, kind: 'x' });
    await views.apply(batchOf(writes, { 16: [decrement('few', { n: 2, m: 1 }), increment('few', { n: 1 })] }));
    expect(await views.get(writes, 'few')).toEqual({ n: 1, m: 0, kind: 'x' });
  });

  it('applies a write to the result of earlier ones in the same batch', async () => {
    const { views } = opened;
    await views.apply(
      batchOf(writes, {
        20: [put('t', { kind: 'a' }), remove('t'), patch('t', { kind: 'b' })],
        21: [increment('t', { n: 1 }), patch('t', { kind: 'c' })],
      }),
    );
    expect(await views.get(writes, 't')).toEqual({ n: 1, kind: 'c' });
  });

  it('removes all documents with a value, but for those that are put after that', async () => {
    const { views } = opened;
    await views.apply(batchOf(writes, { 22: [put('r1', { kind: 'red' }), put('r2', { kind: 'blue' })] }));
    await views.apply(
      batchOf(writes, { 23: [put('r3', { kind: 'red' })], 24: [removeAll('kind', 'red'), put('r4', { kind: 'red' })] }),
    );
    const found = async (search: string) => (await views.find(writes, { search, limit: 9 })).data;
    expect(await views.get(writes, 'r1')).toBeUndefined();
    expect([await found('red'), await found('blue')]).toEqual([[{ kind: 'red' }], [{ kind: 'blue' }]]);
  });

  it('changes nothing when a batch is applied again', async () => {
    const { views } = opened;
    const batch = batchOf(repeats, { 1: [increment('a', { n: 1 })], 2: [increment('a', { n: 10 })] });
    await views.apply(batch);
    await views.apply(batch);
    await Promise.all([views.apply(batch), views.apply(batch)]);
    expect(await views.get(repeats, 'a')).toEqual({ n: 11 });
  });

  it('applies only the new part of a batch that overlaps an earlier one', async () => {
    const { views } = opened;
    await views.apply(batchOf(overlaps, { 5: [increment('a', { n: 1 })], 6: [increment('a', { n: 1 })] }));
    await views.apply(batchOf(overlaps, { 6: [increment('a', { n: 1 })], 7: [increment('a', { n: 1 })] }));
    expect(await views.get(overlaps, 'a')).toEqual({ n: 3 });
    expect(await views.progress(overlaps.name)).toEqual({ checkpoint: 7, parked: [] });
  });

  it('advances past events without writes, and never goes back', async () => {
    const { views } = opened;
    await views.apply(batchOf(lates, {}, { checkpoint: 40 }));
    await views.apply(batchOf(lates, {}, { checkpoint: 12 }));
    await views.apply(batchOf(lates, { 30: [put('a', {})] }));
    expect(await views.progress(lates.name)).toEqual({ checkpoint: 40, parked: [] });
    expect(await views.get(lates, 'a')).toBeUndefined();
  });

  it('rejects a batch as a whole, and applies the others that waited with it', async () => {
    const { views } = opened;
    const good = (position: number) => views.apply(batchOf(refusals, { [position]: [increment('a', { n: 1 })] }));
    const unknown = batchOf(refusals, { 3: [put('x', {})] }, { collection: 'not-prepared', subscription: 'other' });
    const outcomes = await Promise.allSettled([good(1), good(2), views.apply(unknown), good(4)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await views.get(refusals, 'a')).toEqual({ n: 3 });
    expect(await views.progress('other')).toEqual({ checkpoint: 0, parked: [] });
  });

  it('rejects positions that could be applied twice', async () => {
    const { views } = opened;
    const beyond = batchOf(refusals, { 99: [put('x', {})] }, { checkpoint: 98 });
    const twice = { ...beyond, checkpoint: 99, changes: [...beyond.changes, ...beyond.changes] };
    await expect(views.apply(beyond)).rejects.toThrow(RangeError);
    await expect(views.apply(twice)).rejects.toThrow(RangeError);
    expect(await views.get(refusals, 'x')).toBeUndefined();
  });

  it('applies the batches of a view in the order of the calls, and many views at once', async () => {
    const { views } = opened;
    const applied = crowd.flatMap((view) =>
      Array.from({ length: 25 }, (_, index) =>
        views.apply(batchOf(view, { [index + 1]: [increment('a', { n: 1 }), patch('a', { last: index })] })),
      ),
    );
    await Promise.all(applied);
    for (const view of crowd) expect(await views.get(view, 'a')).toEqual({ n: 25, last: 24 });
  });

  it('keeps all texts and numbers unchanged', async () => {
    const { views } = opened;
    const doc = { kind: `'";--\u0000\ud83d\ude00\u2028é`, big: 2 ** 53 - 1, small: -1.5e-7, empty: '', none: null };
    await views.apply(batchOf(writes, { 30: [put(`id '" \u0000 %`, doc)] }));
    expect(await views.get(writes, `id '" \u0000 %`)).toEqual(doc);
    expect(await views.find(writes, { where: { kind: doc.kind }, limit: 1 })).toEqual({ data: [doc], next: null });
  });
};
