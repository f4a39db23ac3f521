import { afterAll, beforeAll } from '@jest/globals';
import type { AnyCollection, Batch, ReadModels, Write } from '#lib/read-models';

/** A storage of views for tests; may be opened several times. */
export type ViewsFixture = { open(): Promise<ReadModels>; remove(): Promise<void> };

/** Views for the tests of a `describe`, opened and prepared once, with all indexes. */
export const viewsFor = (newFixture: () => Promise<ViewsFixture>, collections: readonly AnyCollection[]) => {
  let fixture: ViewsFixture | undefined;
  let views: ReadModels | undefined;
  beforeAll(async () => {
    fixture = await newFixture();
    views = await fixture.open();
    await views.prepare(collections);
    for (const each of collections) await views.buildIndexes(each);
  });
  afterAll(async () => {
    await views?.close();
    await fixture?.remove();
  });
  return {
    get views(): ReadModels {
      if (!views) throw new Error('The views are opened before the first test');
      return views;
    },
  };
};

/** Opens and prepares views, and closes them after the work. */
export const withViews = async <Result>(
  fixture: ViewsFixture,
  collections: readonly AnyCollection[],
  work: (views: ReadModels) => Promise<Result>,
): Promise<Result> => {
  const views = await fixture.open();
  try {
    await views.prepare(collections);
    return await work(views);
  } finally {
    await views.close();
  }
};

/** A batch for the subscription of a collection. */
export const batchOf = (
  collection: AnyCollection,
  changes: { readonly [position: number]: readonly Write[] },
  more: Partial<Batch> = {},
): Batch => {
  const positions = Object.keys(changes).map(Number);
  return {
    subscription: collection.name,
    collection: collection.name,
    changes: positions.map((position) => ({ position, writes: changes[position] ?? [] })),
    checkpoint: Math.max(0, ...positions),
    ...more,
  };
};
