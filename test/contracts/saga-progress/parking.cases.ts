import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Parked } from '#lib/read-models';
import type { ProgressRecord, SagaProgress } from '#lib/saga-progress';
import type { Place } from '../../support/saga-progress/place.js';
import { parkedAt } from '../../support/parked.js';

/** The meaning of records in the fewest words. */
const modelled = (records: readonly ProgressRecord[]) => {
  let checkpoint: number | undefined;
  const parked = new Map<number, Parked>();
  for (const record of records) {
    for (const one of record.park ?? []) {
      if (one.position > (checkpoint ?? -1) || parked.has(one.position)) parked.set(one.position, one);
    }
    for (const position of record.unpark ?? []) parked.delete(position);
    checkpoint = Math.max(checkpoint ?? 0, record.checkpoint);
  }
  return { checkpoint, parked: [...parked.values()].sort((a, b) => a.position - b.position) };
};

const position = fc.integer({ min: 0, max: 8 });
const anyRecord = fc.record(
  {
    checkpoint: position,
    park: fc.array(
      fc
        .record({ position, attempts: fc.nat({ max: 9 }) })
        .map(({ position, attempts }) => parkedAt(position, { attempts })),
      { maxLength: 3 },
    ),
    unpark: fc.array(position, { maxLength: 3 }),
  },
  { requiredKeys: ['checkpoint'] },
);

export const parkingCases = (newPlace: () => Promise<Place>): void => {
  let place: Place;
  let progress: SagaProgress;
  let sagas = 0;
  const newSaga = (): string => `saga-${(sagas += 1)}`;
  beforeAll(async () => {
    place = await newPlace();
    progress = await place.open();
  });
  afterAll(async () => {
    await progress.close();
    await place.remove();
  });

  it('are kept with the checkpoint, in order, also beyond it', async () => {
    const saga = newSaga();
    const [later, first] = [parkedAt(6, { error: null, attempts: 0 }), parkedAt(2)];
    await progress.record({ saga, checkpoint: 4, park: [later, first] });
    expect(await progress.load(saga)).toEqual({ checkpoint: 4, parked: [first, later] });
  });

  it('can get another error, though their position is passed', async () => {
    const saga = newSaga();
    const again = parkedAt(2, { attempts: 6, error: 'Again' });
    await progress.record({ saga, checkpoint: 9, park: [parkedAt(2)] });
    await progress.record({ saga, checkpoint: 0, park: [again] });
    expect(await progress.load(saga)).toEqual({ checkpoint: 9, parked: [again] });
  });

  it('are gone once they are unparked', async () => {
    const saga = newSaga();
    await progress.record({ saga, checkpoint: 3, park: [parkedAt(2), parkedAt(3)] });
    await progress.record({ saga, checkpoint: 0, unpark: [2, 1] });
    expect(await progress.load(saga)).toEqual({ checkpoint: 3, parked: [parkedAt(3)] });
  });

  it('do not come back when the record that parked them is repeated', async () => {
    const saga = newSaga();
    const parking = { saga, checkpoint: 5, park: [parkedAt(2)] };
    await progress.record(parking);
    await progress.record({ saga, checkpoint: 0, unpark: [2] });
    await progress.record(parking);
    expect(await progress.load(saga)).toEqual({ checkpoint: 5, parked: [] });
  });

  it('are as a plain model says, whatever is recorded', async () => {
    const check = fc.asyncProperty(fc.array(anyRecord, { minLength: 1, maxLength: 10 }), async (changes) => {
      const saga = newSaga();
      const records = changes.map((change) => ({ saga, ...change }));
      await Promise.all(records.map((record) => progress.record(record)));
      expect(await progress.load(saga)).toEqual(modelled(records));
    });
    await fc.assert(check, { numRuns: 100 });
  });
};
