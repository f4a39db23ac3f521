import { expect, it } from '@jest/globals';
import { collection, increment, put } from '#lib/read-models';
import { batchOf, type ViewsFixture, viewsFor, withViews } from '../../support/read-models/fixture.js';

type Line = { readonly text: string; readonly n?: number };
const lines = (name: string) => collection<Line>({ name, version: 1, indexes: [['n']], search: ['text'] });
const [swapped, watched, begun, behind, crashed] = ['swapped', 'watched', 'begun', 'behind', 'crashed'].map(lines) as [
  ReturnType<typeof lines>,
  ReturnType<typeof lines>,
  ReturnType<typeof lines>,
  ReturnType<typeof lines>,
  ReturnType<typeof lines>,
];
const shadow = true;
const parked = {
  position: 2,
  eventId: 'e',
  eventType: 'E',
  stream: 's-1',
  key: 's-1',
  error: 'no',
  attempts: 1,
  parkedAt: '2026-11-23T10:00:00.000Z',
};

export const rebuildingCases = (newFixture: () => Promise<ViewsFixture>): void => {
  const opened = viewsFor(newFixture, [swapped, watched, begun, behind]);

  it('fills a hidden copy, and then swaps it in with its progress and parked events', async () => {
    const { views } = opened;
    await views.apply(batchOf(swapped, { 1: [put('a', { text: 'old', n: 1 })], 9: [put('b', { text: 'old', n: 2 })] }));
    await views.beginRebuild(swapped);
    expect(await views.progress(swapped.name, { shadow })).toEqual({ checkpoint: 0, parked: [] });
    await views.apply(
      batchOf(swapped, { 1: [put('a', { text: 'new', n: 5 })] }, { shadow, checkpoint: 5, park: [parked] }),
    );
    await views.apply(batchOf(swapped, { 10: [put('c', { text: 'old', n: 3 })] }));
    expect(await views.count(swapped)).toBe(3);
    expect(await views.get(swapped, 'a')).toEqual({ text: 'old', n: 1 });
    expect(await views.progress(swapped.name)).toEqual({ checkpoint: 10, parked: [] });

    await views.apply(batchOf(swapped, { 10: [put('c', { text: 'new', n: 6 })] }, { shadow, checkpoint: 12 }));
    await views.finishRebuild(swapped);
    expect(await views.get(swapped, 'a')).toEqual({ text: 'new', n: 5 });
    const found = await views.find(swapped, { sort: { field: 'n', order: 'asc' }, limit: 9 });
    expect(found.data.map(({ n }) => n)).toEqual([5, 6]);
    expect((await views.find(swapped, { search: 'old', limit: 9 })).data).toEqual([]);
    expect((await views.find(swapped, { search: 'new', limit: 9 })).data).toHaveLength(2);
    expect(await views.progress(swapped.name)).toEqual({ checkpoint: 12, parked: [parked] });
    expect(await views.progress(swapped.name, { shadow })).toEqual({ checkpoint: 0, parked: [] });

    await views.apply(batchOf(swapped, { 12: [put('no', { text: 'done' })], 13: [put('d', { text: 'next', n: 7 })] }));
    expect(await views.count(swapped)).toBe(3);
  });

  it('shows every reader either the old copy or the new one during the swap', async () => {
    const { views } = opened;
    const side = (text: string) => Array.from({ length: 50 }, (_, index) => put(`${index}`, { text, n: index }));
    await views.apply(batchOf(watched, { 1: side('round 0') }));
    const stop = new AbortController();
    const watching = Array.from({ length: 3 }, async () => {
      const seen = new Set<string>();
      while (!stop.signal.aborted) {
        const { data } = await views.find(watched, { limit: 100, sort: { field: 'n', order: 'asc' } });
        const one = await views.get(watched, '7');
        expect(data.map(({ n }) => n)).toEqual(Array.from({ length: 50 }, (_, index) => index));
        expect(new Set(data.map(({ text }) => text)).size).toBe(1);
        seen.add(one?.text ?? 'nothing');
      }
      return seen;
    });
    for (let round = 1; round <= 5; round += 1) {
      await views.beginRebuild(watched);
      await views.apply(batchOf(watched, { 1: side(`round ${round}`) }, { shadow }));
      await views.finishRebuild(watched);
      expect((await views.get(watched, '7'))?.text).toBe(`round ${round}`);
    }
    stop.abort();
    for (const seen of await Promise.all(watching)) {
      expect(seen).not.toContain('nothing');
    }
  });

  it('starts from nothing when it is started again', async () => {
    const { views } = opened;
    await views.beginRebuild(begun);
    await views.apply(batchOf(begun, { 1: [increment('a', { n: 1 })] }, { shadow }));
    await views.beginRebuild(begun);
    await views.apply(batchOf(begun, { 1: [increment('b', { n: 1 })] }, { shadow }));
    await views.finishRebuild(begun);
    expect([await views.get(begun, 'a'), await views.get(begun, 'b')]).toEqual([undefined, { n: 1 }]);
  });

  it('cannot be finished before it was started, or while it is behind the live copy', async () => {
    const { views } = opened;
    await expect(views.finishRebuild(behind)).rejects.toThrow('There is no rebuild of behind');
    await expect(views.apply(batchOf(behind, { 1: [put('a', { text: '' })] }, { shadow }))).rejects.toThrow(
      'There is no rebuild',
    );
    await views.apply(batchOf(behind, {}, { checkpoint: 8 }));
    await views.beginRebuild(behind);
    await views.apply(batchOf(behind, {}, { shadow, checkpoint: 7 }));
    await expect(views.finishRebuild(behind)).rejects.toThrow('is at 7, behind the live copy at 8');
    await views.apply(batchOf(behind, {}, { shadow, checkpoint: 8 }));
    await views.finishRebuild(behind);
  });

  it('is dropped when the service stops during it', async () => {
    const fixture = await newFixture();
    await withViews(fixture, [crashed], async (views) => {
      await views.apply(batchOf(crashed, { 1: [put('a', { text: 'live' })] }));
      await views.beginRebuild(crashed);
      await views.apply(batchOf(crashed, { 1: [put('a', { text: 'half' })] }, { shadow, checkpoint: 4 }));
    });
    await withViews(fixture, [crashed], async (views) => {
      expect(await views.get(crashed, 'a')).toEqual({ text: 'live' });
      await views.beginRebuild(crashed);
      expect(await views.progress(crashed.name, { shadow })).toEqual({ checkpoint: 0, parked: [] });
    });
    await fixture.remove();
  });
};
