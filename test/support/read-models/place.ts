import { afterAll, beforeAll } from '@jest/globals';
import type { AnyCollection, Batch, ReadModels, Write } from '#lib/read-models';

/** Somewhere views can be kept: opened, closed, opened again, and removed in the end. */
export type Place = { open(): Promise<ReadModels>; remove(): Promise<void> };

/** Views for the tests of a `describe`, opened and prepared once, and a place of their own. */
export const viewsFor = (newPlace: () => Promise<Place>, collections: readonly AnyCollection[]) => {
  let place: Place | undefined;
  let views: ReadModels | undefined;
  beforeAll(async () => {
    place = await newPlace();
    views = await place.open();
    await views.prepare(collections);
  });
  afterAll(async () => {
    await views?.close();
    await place?.remove();
  });
  return {
    get views(): ReadModels {
      if (!views) throw new Error('The views are opened before the first test');
      return views;
    },
  };
};

/** Opens views, prepares them, and closes them when the work is done, however it ends. */
export const withViews = async <Result>(
  place: Place,
  collections: readonly AnyCollection[],
  work: (views: ReadModels) => Promise<Result>,
): Promise<Result> => {
  const views = await place.open();
  try {
    await views.prepare(collections);
    return await work(views);
  } finally {
    await views.close();
  }
};

/** A batch of one change at each position, for the subscription that feeds a collection. */
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
