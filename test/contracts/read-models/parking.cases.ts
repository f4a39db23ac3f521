import { expect, it } from '@jest/globals';
import { collection, increment } from '#lib/read-models';
import { parkedAt } from '../../support/parked.js';
import { batchOf, type ViewsFixture, viewsFor } from '../../support/read-models/fixture.js';

const names = ['kept', 'retried', 'failing', 'skipped', 'repeated'] as const;
const views = Object.fromEntries(
  names.map((name) => [name, collection<{ n?: number }>({ name: `parked-${name}`, version: 1 })]),
) as { readonly [name in (typeof names)[number]]: ReturnType<typeof collection<{ n?: number }>> };

export const parkingCases = (newFixture: () => Promise<ViewsFixture>): void => {
  const opened = viewsFor(newFixture, Object.values(views));
  const add = (position: number) => ({ [position]: [increment('a', { n: position })] });

  it('are kept with the checkpoint, in order', async () => {
    const [later, first] = [parkedAt(3, { error: null }), parkedAt(2)];
    await opened.views.apply(batchOf(views.kept, add(4), { park: [later, first] }));
    expect(await opened.views.progress(views.kept.name)).toEqual({ checkpoint: 4, parked: [first, later] });
  });

  it('are applied once when they are retried, although the checkpoint is past them', async () => {
    await opened.views.apply(batchOf(views.retried, add(9), { park: [parkedAt(2)] }));
    const retry = batchOf(views.retried, add(2), { unpark: [2] });
    await opened.views.apply(retry);
    await opened.views.apply(retry);
    expect(await opened.views.get(views.retried, 'a')).toEqual({ n: 11 });
    expect(await opened.views.progress(views.retried.name)).toEqual({ checkpoint: 9, parked: [] });
  });

  it('are not applied by a batch that does not unpark them', async () => {
    await opened.views.apply(batchOf(views.failing, add(9), { park: [parkedAt(2)] }));
    await opened.views.apply(batchOf(views.failing, add(2)));
    await opened.views.apply(batchOf(views.failing, {}, { park: [parkedAt(2, { attempts: 6, error: 'Again' })] }));
    expect(await opened.views.get(views.failing, 'a')).toEqual({ n: 9 });
    const parked = [parkedAt(2, { attempts: 6, error: 'Again' })];
    expect(await opened.views.progress(views.failing.name)).toEqual({ checkpoint: 9, parked });
  });

  it('are gone when they are skipped', async () => {
    await opened.views.apply(batchOf(views.skipped, {}, { checkpoint: 3, park: [parkedAt(2), parkedAt(3)] }));
    await opened.views.apply(batchOf(views.skipped, {}, { unpark: [2] }));
    expect(await opened.views.progress(views.skipped.name)).toEqual({ checkpoint: 3, parked: [parkedAt(3)] });
  });

  it('do not come back when the batch that parked them is applied again', async () => {
    const parking = batchOf(views.repeated, add(5), { park: [parkedAt(2)] });
    await opened.views.apply(parking);
    await opened.views.apply(batchOf(views.repeated, {}, { unpark: [2] }));
    await opened.views.apply(parking);
    expect(await opened.views.progress(views.repeated.name)).toEqual({ checkpoint: 5, parked: [] });
    expect(await opened.views.get(views.repeated, 'a')).toEqual({ n: 5 });
  });
};
