import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Saga } from '#lib/event-sourcing';
import { StoreUnavailable } from '#lib/event-store';
import type { Subscription } from '#lib/subscriptions';
import { bump } from '../support/counters.js';
import { eventually } from '../support/eventually.js';
import { openTestStores, type TestStores } from '../support/stores.js';
import { gate, notebook, teller, tellerOn, type Tell } from '../support/teller.js';

let stores: TestStores;
let running: Subscription[];
let told: string[];
let tell: (command: Tell) => Promise<void>;

beforeEach(async () => {
  stores = await openTestStores();
  running = [];
  ({ told, tell } = notebook());
});

afterEach(async () => {
  for (const subscription of running) await subscription.stop();
  await stores.close();
});

const run = (dispatch: (command: Tell) => Promise<void>, of: Saga = teller()): Subscription => {
  const subscription = tellerOn(stores, dispatch, of);
  running.push(subscription);
  void subscription.start();
  return subscription;
};

describe('a saga', () => {
  it('answers events in order per stream, while other streams go on', async () => {
    const first = gate();
    const subscription = run(async (command) => {
      if (command.data.counterId === 'a' && command.data.by === 1) await first.opened;
      await tell(command);
    });
    await bump(stores.store, 'a', 1, 2, 3);
    await bump(stores.store, 'b', 1, 2);
    await eventually(() => told.length === 2);
    expect(told).toEqual(['b1', 'b2']);
    first.open();
    await eventually(() => told.length === 5);
    expect(told.slice(2)).toEqual(['a1', 'a2', 'a3']);
    await eventually(() => subscription.state() === 'live');
  });

  it('keeps order across streams that have the same key', async () => {
    const first = gate();
    run(
      async (command) => {
        if (command.data.by === 1) await first.opened;
        await tell(command);
      },
      teller({ keyOf: () => 'one key' }),
    );
    await bump(stores.store, 'a', 1);
    const last = await bump(stores.store, 'b', 2);
    first.open();
    await eventually(() => told.length === 2);
    expect(told).toEqual(['a1', 'b2']);
    expect(last).toBe(2);
  });

  it('goes on after a clean stop without dispatching anything twice', async () => {
    const first = run(tell);
    const last = await bump(stores.store, 'a', 1, 2);
    expect(await first.reached(last, 5000)).toBe(true);
    await first.stop();
    await bump(stores.store, 'a', 3);
    run(tell);
    await eventually(() => told.includes('a3'));
    expect(told).toEqual(['a1', 'a2', 'a3']);
  });

  it('finishes the events that it has begun before it stops', async () => {
    const entered = gate();
    const leave = gate();
    const subscription = run(async (command) => {
      entered.open();
      await leave.opened;
      await tell(command);
    });
    await bump(stores.store, 'a', 1);
    await entered.opened;
    const stopping = subscription.stop();
    leave.open();
    await stopping;
    expect(told).toEqual(['a1']);
    const again = run(tell);
    const last = await bump(stores.store, 'a', 2);
    expect(await again.reached(last, 5000)).toBe(true);
    expect(told).toEqual(['a1', 'a2']);
  });

  it('can be stopped while an event waits for its retry, and retries it after the restart', async () => {
    const failing = run(async () => {
      throw new StoreUnavailable('io', 'Not now');
    });
    await bump(stores.store, 'a', 1);
    await eventually(() => failing.state() !== 'stopped');
    await failing.stop();
    expect(failing.parked()).toEqual([]);
    run(tell);
    await eventually(() => told.length === 1);
  });

  it('retries an event that fails, and then goes on', async () => {
    let failures = 2;
    const subscription = run(async (command) => {
      if (failures-- > 0) throw new Error('Not yet');
      await tell(command);
    });
    const last = await bump(stores.store, 'a', 1, 2);
    expect(await subscription.reached(last, 5000)).toBe(true);
    expect(told).toEqual(['a1', 'a2']);
    expect(subscription.parked()).toEqual([]);
  });

  it('parks an event that keeps failing, with those behind it, while other streams go on', async () => {
    const subscription = run(async (command) => {
      if (command.data.by === 13) throw new Error('Never');
      await tell(command);
    });
    await bump(stores.store, 'a', 13, 1);
    const last = await bump(stores.store, 'b', 1);
    expect(await subscription.reached(last, 5000)).toBe(true);
    expect(told).toEqual(['b1']);
    expect(subscription.parked()).toMatchObject([
      { stream: 'counter-a', error: 'Error: Never', attempts: 3 },
      { stream: 'counter-a', error: null, attempts: 0 },
    ]);
    const { parked, checkpoint } = await stores.sagaProgress.load('teller');
    expect(parked).toHaveLength(2);
    expect(checkpoint).toBe(3);
  });

  it('handles parked events in order when the first is retried, also after a restart', async () => {
    const broken = run(async () => {
      throw new Error('Never');
    });
    const last = await bump(stores.store, 'a', 1, 2, 3);
    await broken.reached(last, 5000);
    await broken.stop();
    const mended = run(tell);
    await eventually(() => mended.state() === 'live');
    expect(await mended.retry(last)).toEqual({ status: 'done' });
    expect(told).toEqual(['a1', 'a2', 'a3']);
    expect(mended.parked()).toEqual([]);
    expect((await stores.sagaProgress.load('teller')).parked).toEqual([]);
  });

  it('leaves a skipped event out and handles those behind it', async () => {
    const subscription = run(async (command) => {
      if (command.data.by === 13) throw new Error('Never');
      await tell(command);
    });
    const last = await bump(stores.store, 'a', 13, 1, 2);
    await subscription.reached(last, 5000);
    const [poison] = subscription.parked();
    expect(await subscription.skip(poison?.position ?? 0)).toEqual({ status: 'done' });
    expect(told).toEqual(['a1', 'a2']);
  });

  it('waits for a store in trouble, however long, and parks nothing', async () => {
    let failures = 20;
    const subscription = run(async (command) => {
      if (failures-- > 0) throw new StoreUnavailable('disk_full', 'No room');
      await tell(command);
    });
    const last = await bump(stores.store, 'a', 1);
    expect(await subscription.reached(last, 10_000)).toBe(true);
    expect(told).toEqual(['a1']);
    expect(subscription.parked()).toEqual([]);
  });

  it('handles more events than it may have in flight, each once and in order', async () => {
    const subscription = run(tell);
    const numbers = Array.from({ length: 500 }, (_, index) => index);
    const positions = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => bump(stores.store, id, ...numbers)));
    expect(await subscription.reached(Math.max(...positions), 20_000)).toBe(true);
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      expect(told.filter((one) => one.startsWith(id))).toEqual(numbers.map((number) => `${id}${number}`));
    }
  });
});
