import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Saga } from '#lib/event-sourcing';
import { StoreUnavailable, type EventStore } from '#lib/event-store';
import { SagaProgressUnavailable, type SagaProgress } from '#lib/saga-progress';
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

const stopAll = async (): Promise<void> => {
  for (const subscription of running.splice(0)) await subscription.stop();
};

afterEach(async () => {
  await stopAll();
  await stores.close();
});

const fromNow = teller({ startFrom: 'now' });

const subscribed = (of: Saga, on: Partial<Pick<TestStores, 'store' | 'sagaProgress'>> = {}, dispatch = tell) => {
  const subscription = tellerOn({ ...stores, ...on }, dispatch, of);
  running.push(subscription);
  return subscription;
};

/** The log, but no subscription gets a page of it. */
const unreadable = (): EventStore =>
  new Proxy(stores.store, {
    get: (store, name: keyof EventStore) => {
      if (name !== 'subscribe') return typeof store[name] === 'function' ? store[name].bind(store) : store[name];
      return () => {
        throw new StoreUnavailable('io', 'The log cannot be read');
      };
    },
  });

/** The progress, but `record` is given to a test. */
const recordingBy = (record: SagaProgress['record']): SagaProgress => ({
  load: (saga) => stores.sagaProgress.load(saga),
  record,
  ready: () => stores.sagaProgress.ready(),
  maintain: () => stores.sagaProgress.maintain(),
  close: () => stores.sagaProgress.close(),
});

const noRoom = () => Promise.reject(new SagaProgressUnavailable('disk_full', 'No room'));

describe('a new saga', () => {
  it('handles the whole log if it starts from the beginning', async () => {
    const last = await bump(stores.store, 'a', 1, 2);
    const subscription = subscribed(teller({ startFrom: 'beginning' }));
    await subscription.start();
    expect(await subscription.reached(last, 5000)).toBe(true);
    expect(told).toEqual(['a1', 'a2']);
  });

  it('handles only later events if it starts now', async () => {
    await bump(stores.store, 'a', 1, 2);
    const subscription = subscribed(fromNow);
    await subscription.start();
    const last = await bump(stores.store, 'a', 3);
    expect(await subscription.reached(last, 5000)).toBe(true);
    expect(told).toEqual(['a3']);
  });

  it('still starts where it first did, after a crash before its first event', async () => {
    await bump(stores.store, 'a', 1);
    const crashed = subscribed(fromNow, { store: unreadable() });
    await crashed.start();
    await bump(stores.store, 'a', 2);
    await eventually(() => crashed.state() === 'stalled');
    await stopAll();
    const last = await bump(stores.store, 'a', 3);
    const subscription = subscribed(fromNow);
    await subscription.start();
    expect(await subscription.reached(last, 5000)).toBe(true);
    expect(told).toEqual(['a2', 'a3']);
  });

  it('also where the log is empty', async () => {
    const crashed = subscribed(fromNow, { store: unreadable() });
    await crashed.start();
    await stopAll();
    const last = await bump(stores.store, 'a', 1);
    const subscription = subscribed(fromNow);
    await subscription.start();
    expect(await subscription.reached(last, 5000)).toBe(true);
    expect(told).toEqual(['a1']);
  });

  it('has not started before its start is recorded, and the wait does not move it', async () => {
    await bump(stores.store, 'a', 1);
    let failures = 3;
    const failed = gate();
    const sagaProgress = recordingBy((record) => {
      if (failures === 0) return stores.sagaProgress.record(record);
      failures -= 1;
      failed.open();
      return noRoom();
    });
    const subscription = subscribed(fromNow, { sagaProgress });
    const starting = subscription.start();
    await failed.opened;
    const last = await bump(stores.store, 'a', 2);
    await starting;
    expect(failures).toBe(0);
    expect(await subscription.reached(last, 5000)).toBe(true);
    expect(told).toEqual(['a2']);
  });

  it('can be stopped while its start cannot be recorded', async () => {
    const subscription = subscribed(fromNow, { sagaProgress: recordingBy(noRoom) });
    const starting = subscription.start();
    await eventually(() => subscription.trouble()?.includes('No room') === true);
    await subscription.stop();
    await starting;
    expect(await stores.sagaProgress.load('teller')).toEqual({ checkpoint: undefined, parked: [] });
  });

  it('misses nothing and handles nothing old while others write to the log', async () => {
    const written = new Map<number, string>();
    const writing = new AbortController();
    const write = async (counterId: string): Promise<void> => {
      for (let by = 1; !writing.signal.aborted; by += 1)
        written.set(await bump(stores.store, counterId, by), `${counterId}${by}`);
    };
    const writers = ['a', 'b', 'c'].map(write);
    await eventually(() => written.size > 20);
    const before = Math.max(...written.keys());
    const subscription = subscribed(fromNow);
    await subscription.start();
    const started = await stores.store.head();
    await eventually(() => written.size > 100);
    writing.abort();
    await Promise.all(writers);
    const last = Math.max(...written.keys());
    expect(await subscription.reached(last, 5000)).toBe(true);

    const positions = [...written].filter(([, bump]) => told.includes(bump)).map(([position]) => position);
    const first = Math.min(...positions);
    expect(first).toBeGreaterThan(before);
    expect(first).toBeLessThanOrEqual(started + 1);
    expect(positions).toHaveLength(last - first + 1);
    expect(told).toHaveLength(positions.length);
  });
});

describe('a saga that has progress', () => {
  it('goes on from there, whatever its definition says now', async () => {
    const first = subscribed(teller({ startFrom: 'beginning' }));
    await first.start();
    await first.reached(await bump(stores.store, 'a', 1), 5000);
    await stopAll();
    await bump(stores.store, 'a', 2);
    const last = await bump(stores.store, 'a', 3);
    const second = subscribed(fromNow);
    await second.start();
    expect(await second.reached(last, 5000)).toBe(true);
    expect(told).toEqual(['a1', 'a2', 'a3']);
  });

  it('dispatches nothing again when the views are deleted', async () => {
    const first = subscribed(teller());
    await first.start();
    await first.reached(await bump(stores.store, 'a', 1, 2), 5000);
    await stopAll();
    stores = await stores.withoutViews();
    const second = subscribed(teller());
    await second.start();
    expect(await second.reached(await bump(stores.store, 'a', 3), 5000)).toBe(true);
    expect(told).toEqual(['a1', 'a2', 'a3']);
  });

  it('keeps its parked events when the views are deleted', async () => {
    const failing = subscribed(teller(), {}, () => Promise.reject(new Error('Never')));
    await failing.start();
    const last = await bump(stores.store, 'a', 1, 2);
    await failing.reached(last, 5000);
    const parked = failing.parked();
    await stopAll();
    stores = await stores.withoutViews();
    const mended = subscribed(teller());
    await mended.start();
    await eventually(() => mended.state() === 'live');
    expect(mended.parked()).toEqual(parked);
    expect(told).toEqual([]);
    expect(await mended.retry(last)).toEqual({ status: 'done' });
    expect(told).toEqual(['a1', 'a2']);
  });

  it('dispatches a command again when it was executed but not recorded', async () => {
    const crashed = subscribed(teller(), { sagaProgress: recordingBy(noRoom) });
    await stores.sagaProgress.record({ saga: 'teller', checkpoint: 0 });
    void crashed.start();
    await bump(stores.store, 'a', 1);
    await eventually(() => crashed.trouble()?.includes('No room') === true);
    await stopAll();
    expect(new Set(told)).toEqual(new Set(['a1']));
    told.splice(0);
    const subscription = subscribed(teller());
    await subscription.start();
    expect(await subscription.reached(await bump(stores.store, 'a', 2), 5000)).toBe(true);
    expect(told).toEqual(['a1', 'a2']);
  });

  it('records nothing soon for events that lead to no command, and passes them', async () => {
    const recorded: number[] = [];
    const sagaProgress = recordingBy((record) => {
      recorded.push(record.checkpoint);
      return stores.sagaProgress.record(record);
    });
    const subscription = subscribed(teller({ tells: ({ by }) => by > 1 }), { sagaProgress });
    await subscription.start();
    expect(await subscription.reached(await bump(stores.store, 'a', 1, 1), 5000)).toBe(true);
    const last = await bump(stores.store, 'b', 2);
    expect(await subscription.reached(last, 5000)).toBe(true);
    expect(told).toEqual(['b2']);
    expect(recorded).toEqual([0, last]);
  });

  it('does not lose an event whose parking could not be recorded', async () => {
    let failures = 1;
    const sagaProgress = recordingBy((record) => {
      if (!record.park?.length || failures === 0) return stores.sagaProgress.record(record);
      failures -= 1;
      return noRoom();
    });
    const subscription = subscribed(teller(), { sagaProgress }, () => Promise.reject(new Error('Never')));
    await subscription.start();
    const last = await bump(stores.store, 'a', 1);
    await eventually(() => subscription.position() >= last);
    expect(failures).toBe(0);
    expect(subscription.parked()).toMatchObject([{ position: last, error: 'Error: Never' }]);
    expect((await stores.sagaProgress.load('teller')).parked).toEqual(subscription.parked());
  });

  it('keeps the error of an event that was parked while an earlier one was still being handled', async () => {
    const slow = gate();
    const crashed = subscribed(teller(), {}, async (command) => {
      if (command.data.counterId === 'b') throw new Error('Never');
      await slow.opened;
    });
    await crashed.start();
    await bump(stores.store, 'a', 1);
    const last = await bump(stores.store, 'b', 1);
    await eventually(async () => (await stores.sagaProgress.load('teller')).parked.length === 1);

    const subscription = subscribed(teller());
    await subscription.start();
    const reached = await subscription.reached(last, 5000);
    slow.open();
    expect(reached).toBe(true);
    expect(told).toEqual(['a1']);
    expect(subscription.parked()).toMatchObject([{ position: last, error: 'Error: Never', attempts: 3 }]);
  });
});
