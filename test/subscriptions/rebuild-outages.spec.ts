import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ReadModelsUnavailable, type AnyCollection, type ReadModels } from '#lib/read-models';
import { sharedReading, viewSubscription, type ViewSubscription } from '#lib/subscriptions';
import { bump, counterCodec, counters, countersProjection } from '../support/counters.js';
import { eventually } from '../support/eventually.js';
import { openTestStores, quiet, type TestStores } from '../support/stores.js';

let stores: TestStores;
let view: ViewSubscription;

beforeEach(async () => {
  stores = await openTestStores();
  await stores.models.prepare([counters]);
});
afterEach(async () => {
  await view.stop();
  await stores.close();
});

/** Follows the log, with some calls of the views replaced. */
const follow = async (replaced: Partial<ReadModels>): Promise<void> => {
  const models = new Proxy(stores.models, {
    get: (target, method: keyof ReadModels) => replaced[method] ?? (target[method] as () => unknown).bind(target),
  });
  const { store } = stores;
  const reading = sharedReading({ store, codec: counterCodec });
  const retry = { maxAttempts: 3, firstWaitMs: 1, maxWaitMs: 5 };
  const context = { store, models, codec: counterCodec, reading, log: quiet, retry };
  view = viewSubscription(countersProjection, context, { handoverTimeoutMs: 50 });
  void view.start();
  expect(await view.reached(await bump(store, 'a', 1, 2), 5000)).toBe(true);
};

const total = async (): Promise<number | undefined> => (await stores.models.get(counters, 'a'))?.total;
const away = () => Promise.reject(new ReadModelsUnavailable('io', 'Away'));

const gate = () => {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
};

describe('a rebuild that meets an outage of the stores', () => {
  it('goes on once they are back, whichever step met it', async () => {
    const left = { beginRebuild: 2, finishRebuild: 2 };
    const failing = (step: keyof typeof left) => (collection: AnyCollection) =>
      left[step]-- > 0 ? away() : stores.models[step](collection);
    await follow({ beginRebuild: failing('beginRebuild'), finishRebuild: failing('finishRebuild') });
    await view.rebuild();
    expect(left).toEqual({ beginRebuild: -1, finishRebuild: -1 });
    expect(view.trouble()).toBeUndefined();
    expect(await view.reached(await bump(stores.store, 'a', 4), 5000)).toBe(true);
    expect(await total()).toBe(7);
  });

  it('lets the old view go on where the copy cannot take over in time, and takes over later', async () => {
    const [ofLive, ofCopy, isMet] = [gate(), gate(), gate()];
    let last = Infinity;
    await follow({
      apply: async (batch) => {
        if (batch.checkpoint >= last) {
          if (!batch.shadow) isMet.open();
          await (batch.shadow ? ofCopy : ofLive).opened;
        }
        return stores.models.apply(batch);
      },
      // The copy is as far as the view now, which has one more event under way: it lacks that when it is to take over.
      buildIndexes: async (collection, options) => {
        await stores.models.buildIndexes(collection, options);
        if (!options?.shadow || last !== Infinity) return;
        last = view.position() + 1;
        await bump(stores.store, 'a', 4);
        await isMet.opened;
        setImmediate(ofLive.open);
      },
    });
    const rebuilding = view.rebuild();
    await eventually(() => view.trouble()?.includes('did not handle the last events in time') === true);
    expect(await view.reached(last, 5000)).toBe(true);
    expect(await total()).toBe(7);
    ofCopy.open();
    await rebuilding;
    expect(view.trouble()).toBeUndefined();
    expect(await view.reached(await bump(stores.store, 'a', 8), 5000)).toBe(true);
    expect(await total()).toBe(15);
  });

  it('ends where it is stopped while it waits', async () => {
    await follow({ beginRebuild: away });
    const rebuilding = view.rebuild();
    await eventually(() => view.trouble()?.includes('Away') === true);
    await Promise.all([view.stop(), expect(rebuilding).rejects.toThrow('Away')]);
    expect(await total()).toBe(3);
  });

  it('ends at a failure that does not pass, and the old view is served', async () => {
    await follow({ finishRebuild: () => Promise.reject(new Error('A fault')) });
    await expect(view.rebuild()).rejects.toThrow('A fault');
    expect(await view.reached(await bump(stores.store, 'a', 4), 5000)).toBe(true);
    expect(await total()).toBe(7);
  });
});
