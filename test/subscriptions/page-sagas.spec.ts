import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Command, PageSaga, Recorded } from '#lib/event-sourcing';
import { StoreUnavailable } from '#lib/event-store';
import { pageReactor, type Subscription } from '#lib/subscriptions';
import { bump, counterCodec, counterEvents, type CounterEvent } from '../support/counters.js';
import { openTestStores, quiet, type TestStores } from '../support/stores.js';

type Count = Command<'Count', { readonly events: readonly Recorded<CounterEvent>[] }>;

const counting: PageSaga = {
  name: 'counting',
  startFrom: 'beginning',
  from: [counterEvents],
  types: ['CounterBumped'],
  onPage: (events) => [{ type: 'Count', data: { events } } as Count],
};
const retry = { maxAttempts: 3, firstWaitMs: 1, maxWaitMs: 5 };

let stores: TestStores;
let running: Subscription[];
/** The pages that were handled, as `a1 b2`. */
let pages: string[];

beforeEach(async () => {
  stores = await openTestStores();
  running = [];
  pages = [];
});

afterEach(async () => {
  for (const subscription of running) await subscription.stop();
  await stores.close();
});

const textOf = ({ data: { events } }: Count): string =>
  events.map(({ data: { counterId, by } }) => `${counterId}${by}`).join(' ');

/** Runs it; `refuse` may throw instead of a page being handled. */
const run = (refuse: (page: string) => void = () => undefined): Subscription => {
  const { store, sagaProgress } = stores;
  const context = { store, sagaProgress, codec: counterCodec, log: quiet, retry };
  const subscription = pageReactor(counting, context, async (command) => {
    const page = textOf(command as Count);
    refuse(page);
    pages.push(page);
  });
  running.push(subscription);
  void subscription.start();
  return subscription;
};

describe('a saga of pages', () => {
  it('handles events together, in the order of the log across streams, and none again after a clean stop', async () => {
    await bump(stores.store, 'a', 1, 2);
    const last = await bump(stores.store, 'b', 3);
    const first = run();
    expect(await first.reached(last, 5000)).toBe(true);
    expect(pages).toEqual(['a1 a2 b3']);
    await first.stop();
    const next = await bump(stores.store, 'a', 4);
    expect(await run().reached(next, 5000)).toBe(true);
    expect(pages).toEqual(['a1 a2 b3', 'a4']);
  });

  it('waits for a store in trouble, and parks nothing', async () => {
    let failures = 10;
    const last = await bump(stores.store, 'a', 1);
    const subscription = run(() => {
      if (failures-- > 0) throw new StoreUnavailable('disk_full', 'No room');
    });
    expect(await subscription.reached(last, 5000)).toBe(true);
    expect([pages, subscription.parked()]).toEqual([['a1'], []]);
  });

  it('parks the one event that fails, with those behind it in its stream, also of later pages', async () => {
    await bump(stores.store, 'a', 13, 1);
    const last = await bump(stores.store, 'b', 2);
    let isBroken = true;
    const subscription = run((page) => {
      if (isBroken && page.includes('a13')) throw new Error('Never');
    });
    expect(await subscription.reached(last, 5000)).toBe(true);
    const later = await bump(stores.store, 'a', 3);
    expect(await subscription.reached(later, 5000)).toBe(true);
    expect(pages).toEqual(['b2']);
    expect(subscription.parked()).toMatchObject([
      { stream: 'counter-a', error: 'Error: Never', attempts: 3 },
      { stream: 'counter-a', error: null },
      { stream: 'counter-a', error: null },
    ]);
    isBroken = false;
    expect(await subscription.retry(later)).toEqual({ status: 'done' });
    expect(pages).toEqual(['b2', 'a13', 'a1', 'a3']);
    expect((await stores.sagaProgress.load('counting')).parked).toEqual([]);
  });
});
