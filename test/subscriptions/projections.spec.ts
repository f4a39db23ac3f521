import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { projection, type Projection } from '#lib/event-sourcing';
import { ReadModelsUnavailable, increment, type ReadModels } from '#lib/read-models';
import {
  NotParked,
  sharedReading,
  viewSubscription,
  type ProjectionContext,
  type ViewSubscription,
} from '#lib/subscriptions';
import {
  bump,
  counterCodec,
  counterEvents,
  counters,
  countersProjection,
  metadata,
  type CounterEvent,
  type CounterView,
} from '../support/counters.js';
import { eventually } from '../support/eventually.js';
import { holdViews } from '../support/held-views.js';
import { openTestStores, quiet } from '../support/stores.js';

let stores: Awaited<ReturnType<typeof openTestStores>>;
let running: ViewSubscription[];

beforeEach(async () => {
  stores = await openTestStores();
  running = [];
  await stores.models.prepare([counters]);
});

afterEach(async () => {
  for (const view of running) await view.stop();
  await stores.close();
});

const retry = { maxAttempts: 3, firstWaitMs: 1, maxWaitMs: 5 };

type Reading = ProjectionContext['reading'];

const startView = (
  of: Projection = countersProjection,
  models: ReadModels = stores.models,
  reading: Reading = sharedReading({ store: stores.store, codec: counterCodec }),
): ViewSubscription => {
  const view = viewSubscription(of, {
    store: stores.store,
    models,
    codec: counterCodec,
    reading,
    log: quiet,
    retry,
  });
  running.push(view);
  void view.start();
  return view;
};

const totals = async (...ids: readonly string[]) =>
  Promise.all(ids.map(async (id) => (await stores.models.get(counters, id))?.total));

const poisoned = (isPoison: (by: number) => boolean): Projection =>
  projection<CounterEvent, CounterView>({
    into: counters,
    from: [counterEvents],
    on: {
      CounterBumped: ({ data: { counterId, by } }) => {
        if (isPoison(by)) throw new Error('Poison');
        return increment(counterId, { total: by, bumps: 1 }, { id: counterId, last: by });
      },
    },
  });

describe('a view', () => {
  it('catches up and then follows', async () => {
    await bump(stores.store, 'a', 1, 2, 3);
    const view = startView();
    await eventually(() => view.state() === 'live');
    expect(await totals('a')).toEqual([6]);
    const position = await bump(stores.store, 'a', 4);
    expect(await view.reached(position, 5000)).toBe(true);
    expect(await totals('a')).toEqual([10]);
  });

  it('goes on where it stopped and handles no event twice', async () => {
    const first = startView();
    for (let round = 0; round < 5; round += 1) await bump(stores.store, 'a', 1, 1, 1);
    await first.stop();
    const last = await bump(stores.store, 'a', 1);
    const second = startView();
    expect(await second.reached(last, 5000)).toBe(true);
    expect(await totals('a')).toEqual([16]);
  });

  it('reads what comes while it writes as one page', async () => {
    const { models, release } = holdViews(stores.models);
    const reading = sharedReading({ store: stores.store, codec: counterCodec });
    const pages: number[] = [];
    const counted: Reading = {
      subscribe: async function* (follow) {
        for await (const page of reading.subscribe(follow)) {
          if (page.events.length > 0) pages.push(page.events.length);
          yield page;
        }
      },
    };
    const view = startView(countersProjection, models, counted);
    await bump(stores.store, 'a', 1);
    await eventually(() => pages.length === 1);
    for (const by of [2, 3]) await bump(stores.store, 'a', by);
    const last = await bump(stores.store, 'b', 4);
    release();
    expect(await view.reached(last, 5000)).toBe(true);
    expect(pages).toEqual([1, 3]);
    expect(await totals('a', 'b')).toEqual([6, 4]);
  });

  it('can be stopped and started again', async () => {
    const view = startView();
    await view.stop();
    expect(view.state()).toBe('stopped');
    const last = await bump(stores.store, 'a', 5);
    expect(await view.reached(last, 1)).toBe(false);
    void view.start();
    expect(await view.reached(last, 5000)).toBe(true);
  });

  it('reports how far behind it is, in events and in seconds', async () => {
    const view = startView();
    await eventually(() => view.state() === 'live');
    expect(await view.lag()).toEqual({ events: 0, seconds: 0 });
    await view.stop();
    await bump(stores.store, 'a', 1, 1);
    await bump(stores.store, 'a', 1);
    const lag = await eventually(async () => {
      const now = await view.lag();
      return now.seconds > 0.02 && now;
    });
    expect(lag.events).toBe(3);
    expect(lag.seconds).toBeLessThan(10);
  });

  it('moves past events that it has no handler for', async () => {
    const view = startView();
    const event = { id: '0199aaaa-0000-7000-8000-00000000000a', type: 'Other', data: {} };
    const { position } = await stores.store.append({
      stream: 'other-1',
      expected: 'any',
      events: [{ ...event, metadata }],
    });
    expect(await view.reached(position, 5000)).toBe(true);
  });
});

describe('an event that a projection fails on', () => {
  it('is parked with the later events of its stream, while other streams go on', async () => {
    const view = startView(poisoned((by) => by === 13));
    await bump(stores.store, 'a', 1, 13, 2);
    const last = await bump(stores.store, 'b', 7);
    await view.reached(last, 5000);
    expect(await totals('a', 'b')).toEqual([1, 7]);
    expect(view.parked()).toMatchObject([
      { stream: 'counter-a', eventType: 'CounterBumped', error: 'Error: Poison', attempts: 1 },
      { stream: 'counter-a', error: null, attempts: 0 },
    ]);
    const late = await bump(stores.store, 'a', 3);
    await view.reached(late, 5000);
    expect(view.parked()).toHaveLength(3);
  });

  it('is still parked after a restart, and a retry handles it and those behind it in order', async () => {
    const first = startView(poisoned((by) => by === 13));
    const last = await bump(stores.store, 'a', 1, 13, 2);
    await first.reached(last, 5000);
    await first.stop();

    const mended = startView(poisoned(() => false));
    await eventually(() => mended.state() === 'live');
    expect(mended.parked()).toHaveLength(2);
    const [poison] = mended.parked();
    expect(await mended.retry(poison?.position ?? 0)).toEqual({ status: 'done' });
    expect(mended.parked()).toEqual([]);
    expect(await stores.models.get(counters, 'a')).toMatchObject({ total: 16, bumps: 3, last: 2 });
  });

  it('stays parked when the retry fails', async () => {
    const view = startView(poisoned((by) => by === 13));
    const last = await bump(stores.store, 'a', 13, 2);
    await view.reached(last, 5000);
    expect(await view.retry(last)).toEqual({ status: 'parked', error: 'Error: Poison' });
    expect(view.parked()).toMatchObject([{ attempts: 2 }, { error: null }]);
    expect(await totals('a')).toEqual([undefined]);
  });

  it('is left out when it is skipped, and those behind it are handled', async () => {
    const view = startView(poisoned((by) => by === 13));
    const last = await bump(stores.store, 'a', 1, 13, 2);
    await view.reached(last, 5000);
    const [poison] = view.parked();
    expect(await view.skip(poison?.position ?? 0)).toEqual({ status: 'done' });
    expect(view.parked()).toEqual([]);
    expect(await stores.models.get(counters, 'a')).toMatchObject({ total: 3, bumps: 2 });
    await expect(view.skip(poison?.position ?? 0)).rejects.toThrow(NotParked);
  });
});

describe('a store in trouble', () => {
  it('is waited for: nothing is parked and nothing lost', async () => {
    let failures = 3;
    const troubled: ReadModels = {
      ...bound(stores.models),
      apply: (batch) =>
        failures-- > 0 ? Promise.reject(new ReadModelsUnavailable('disk_full', 'No room')) : stores.models.apply(batch),
    };
    const last = await bump(stores.store, 'a', 1, 2, 3);
    const view = startView(countersProjection, troubled);
    await eventually(() => view.trouble()?.includes('No room') === true || view.state() === 'live');
    expect(await view.reached(last, 5000)).toBe(true);
    expect(failures).toBeLessThan(0);
    expect(view.parked()).toEqual([]);
    expect(view.trouble()).toBeUndefined();
    expect(await totals('a')).toEqual([6]);
  });
});

describe('a rebuild', () => {
  it('replaces the view by a new one while the old one is served', async () => {
    const view = startView();
    let first = 0;
    for (let round = 0; round < 20; round += 1) first = await bump(stores.store, `c${round % 4}`, 1, 1, 1);
    await view.reached(first, 5000);
    const rebuilding = view.rebuild();
    expect(view.rebuilding()).toBe(true);
    const appended = (async () => {
      let last = 0;
      for (let round = 0; round < 40; round += 1) {
        last = await bump(stores.store, `c${round % 4}`, 1);
        const [total] = await totals('c0');
        expect(total).toBeGreaterThanOrEqual(15);
      }
      return last;
    })();
    await rebuilding;
    expect(await view.reached(await appended, 5000)).toBe(true);
    expect(view.rebuilding()).toBe(false);
    expect(await totals('c0', 'c1', 'c2', 'c3')).toEqual([25, 25, 25, 25]);
  });

  it('repairs a view that a faulty projection filled', async () => {
    const faulty = startView(poisoned((by) => by === 2));
    const last = await bump(stores.store, 'a', 1, 2, 3);
    await faulty.reached(last, 5000);
    await faulty.stop();
    const mended = startView();
    await mended.rebuild();
    expect(await totals('a')).toEqual([6]);
    await eventually(() => mended.state() === 'live');
    expect(mended.parked()).toEqual([]);
  });

  it('that is stopped leaves the old view in place', async () => {
    const view = startView();
    const last = await bump(stores.store, 'a', 1, 2);
    await view.reached(last, 5000);
    const rebuilding = view.rebuild();
    const stopped = view.stop();
    await rebuilding.catch(() => {});
    await stopped;
    expect(await totals('a')).toEqual([3]);
    void view.start();
    const more = await bump(stores.store, 'a', 4);
    expect(await view.reached(more, 5000)).toBe(true);
    expect(await totals('a')).toEqual([7]);
  });
});

/** The methods of a store as plain functions, so that a test can replace one of them. */
const bound = (models: ReadModels): ReadModels =>
  new Proxy({} as ReadModels, {
    ownKeys: () => ['prepare', 'progress', 'get', 'find', 'count', 'buildIndexes', 'beginRebuild', 'finishRebuild'],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    get: (_target, name: keyof ReadModels) => models[name].bind(models),
  });
