import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { SagaProgress } from '#lib/saga-progress';
import type { Place } from '../../support/saga-progress/place.js';
import { parkedAt } from '../../support/parked.js';

const unavailable = expect.objectContaining({ name: 'SagaProgressUnavailable', reason: 'closed' });

export const recordingCases = (newPlace: () => Promise<Place>): void => {
  let place: Place;
  let progress: SagaProgress;
  const reopen = async (): Promise<void> => {
    await progress.close();
    progress = await place.open();
  };

  beforeEach(async () => {
    place = await newPlace();
    progress = await place.open();
  });
  afterEach(async () => {
    await progress.close();
    await place.remove();
  });

  it('knows nothing of a saga that recorded nothing', async () => {
    await progress.record({ saga: 'another', checkpoint: 7 });
    expect(await progress.load('a-saga')).toEqual({ checkpoint: undefined, parked: [] });
  });

  it('distinguishes a checkpoint of 0 from none', async () => {
    await progress.record({ saga: 'a-saga', checkpoint: 0 });
    expect(await progress.load('a-saga')).toEqual({ checkpoint: 0, parked: [] });
    await reopen();
    expect(await progress.load('a-saga')).toEqual({ checkpoint: 0, parked: [] });
  });

  it('keeps each saga apart, also when it is opened again', async () => {
    await progress.record({ saga: 'a-saga', checkpoint: 7, park: [parkedAt(7)] });
    await progress.record({ saga: 'another', checkpoint: 9 });
    await reopen();
    expect(await progress.load('a-saga')).toEqual({ checkpoint: 7, parked: [parkedAt(7)] });
    expect(await progress.load('another')).toEqual({ checkpoint: 9, parked: [] });
  });

  it('never goes back', async () => {
    await progress.record({ saga: 'a-saga', checkpoint: 40 });
    await progress.record({ saga: 'a-saga', checkpoint: 12 });
    await progress.record({ saga: 'a-saga', checkpoint: 0 });
    expect(await progress.load('a-saga')).toEqual({ checkpoint: 40, parked: [] });
  });

  it('loads what was recorded before, resolved or not', async () => {
    const recording = progress.record({ saga: 'a-saga', checkpoint: 1 });
    expect(await progress.load('a-saga')).toEqual({ checkpoint: 1, parked: [] });
    await recording;
  });

  it('applies records in the order of the calls, those of many sagas at once', async () => {
    const sagas = ['a', 'b', 'c', 'd'];
    const recorded = sagas.flatMap((saga) =>
      Array.from({ length: 50 }, (_, index) => {
        const position = index + 1;
        const change = position % 2 === 0 ? { unpark: [position - 1] } : { park: [parkedAt(position)] };
        return progress.record({ saga, checkpoint: position, ...change });
      }),
    );
    await Promise.all(recorded);
    for (const saga of sagas) expect(await progress.load(saga)).toEqual({ checkpoint: 50, parked: [] });
  });

  it.each([-1, 1.5, NaN, 2 ** 53])('refuses %p as a checkpoint', async (checkpoint) => {
    await expect(progress.record({ saga: 'a-saga', checkpoint, park: [parkedAt(1)] })).rejects.toThrow(RangeError);
    expect(await progress.load('a-saga')).toEqual({ checkpoint: undefined, parked: [] });
  });

  it('keeps every text as it was', async () => {
    const parked = parkedAt(1, { error: `'";--\u0000\ud83d\ude00\u2028é`, key: '' });
    await progress.record({ saga: 'a-saga', checkpoint: 2 ** 53 - 1, park: [parked] });
    await reopen();
    expect(await progress.load('a-saga')).toEqual({ checkpoint: 2 ** 53 - 1, parked: [parked] });
  });

  it('is ready while it is open', async () => {
    await expect(progress.ready()).resolves.toBeUndefined();
    await expect(progress.maintain()).resolves.toBeUndefined();
  });

  it('finishes what was begun when it is closed, and refuses everything after that', async () => {
    const begun = Array.from({ length: 40 }, (_, index) =>
      progress.record({ saga: 'a-saga', checkpoint: index + 1, park: [parkedAt(index + 1)] }),
    );
    const [closing, again] = [progress.close(), progress.close()];
    await expect(progress.record({ saga: 'a-saga', checkpoint: 99 })).rejects.toEqual(unavailable);
    await Promise.all([...begun, closing, again]);
    await expect(progress.load('a-saga')).rejects.toEqual(unavailable);
    await expect(progress.ready()).rejects.toEqual(unavailable);
    progress = await place.open();
    const { checkpoint, parked } = await progress.load('a-saga');
    expect([checkpoint, parked.length]).toEqual([40, 40]);
  });
};
