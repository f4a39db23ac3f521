import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStore } from '#lib/event-store';
import { newId } from '#lib/ids';
import { MemoryViewFollower, memoryView, type Snapshot, type SnapshotStore } from '#lib/subscriptions';
import { counterCodec, counterEvents, type CounterEvent } from '../support/counters.js';
import { openTestStores } from '../support/stores.js';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('a memory view', () => {
  let store: EventStore;
  let close: () => Promise<void>;
  let saved: Map<string, Snapshot>;
  let snapshots: SnapshotStore;
  /** How many events were folded, by any follower. */
  let folded: number;

  beforeEach(async () => {
    ({ store, close } = await openTestStores());
    saved = new Map();
    folded = 0;
    snapshots = {
      load: async (view) => saved.get(view),
      save: async (view, snapshot) => void saved.set(view, JSON.parse(JSON.stringify(snapshot)) as Snapshot),
    };
  });
  afterEach(() => close());

  const bump = async (counterId: string, times: number): Promise<void> => {
    const actor = { kind: 'system', id: 'test' } as const;
    const metadata = { correlationId: 'test', causationId: 'test', actor, schemaVersion: 1 };
    const event = () => ({ id: newId(), type: 'CounterBumped', data: { counterId, by: 1 }, metadata });
    await store.append({
      stream: `counter-${counterId}`,
      expected: 'any',
      events: Array.from({ length: times }, event),
    });
  };

  const follower = (version = 1) =>
    new MemoryViewFollower(
      memoryView<{ totals: Map<string, number> }, CounterEvent>({
        name: 'totals',
        version,
        from: [counterEvents],
        tables: () => ({ totals: new Map() }),
        on: {
          CounterBumped: ({ totals }, { data: { counterId, by } }) => {
            folded += 1;
            totals.set(counterId, (totals.get(counterId) ?? 0) + by);
          },
        },
      }),
      { store, codec: counterCodec, snapshots, log },
    );

  it('contains the whole log once it has started, and then follows it', async () => {
    await bump('a', 3);
    const view = follower();
    await view.start(await store.head());
    expect(view.tables.totals.get('a')).toBe(3);
    await bump('a', 1);
    expect(await view.caughtUp(10_000)).toBe(true);
    expect(view.tables.totals.get('a')).toBe(4);
    await view.stop();
  });

  it('starts from a snapshot once the log is long', async () => {
    await bump('a', 2500);
    const first = follower();
    await first.start(await store.head());
    await first.stop();
    await bump('a', 1);
    folded = 0;
    const second = follower();
    await second.start(await store.head());
    expect(second.tables.totals.get('a')).toBe(2501);
    expect(folded).toBeLessThan(1002);
    await second.stop();
  });

  it('reads the whole log if the snapshot was made by another definition', async () => {
    await bump('a', 1500);
    const first = follower();
    await first.start(await store.head());
    await first.stop();
    folded = 0;
    const second = follower(2);
    await second.start(await store.head());
    expect(folded).toBe(1500);
    await second.stop();
  });

  it('reads the whole log if the snapshot belongs to another log or cannot be read', async () => {
    await bump('a', 1500);
    const first = follower();
    await first.start(await store.head());
    await first.stop();
    saved.set('totals', { ...saved.get('totals')!, eventId: newId() });
    const second = follower();
    await second.start(await store.head());
    expect(second.tables.totals.get('a')).toBe(1500);
    await second.stop();
    snapshots.load = () => Promise.reject(new Error('damaged'));
    const third = follower();
    await third.start(await store.head());
    expect(third.tables.totals.get('a')).toBe(1500);
    await third.stop();
  });
});
