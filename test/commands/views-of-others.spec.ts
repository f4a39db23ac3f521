import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  defaultSubscriptionRetry,
  sharedReading,
  viewSubscription,
  ViewsOfOthers,
  type ViewSubscription,
} from '#lib/subscriptions';
import { bump, counterCodec, counters, countersProjection } from '../support/counters.js';
import { eventually } from '../support/eventually.js';
import { openTestStores, quiet, type TestStores } from '../support/stores.js';

const soonMs = 5000;

describe('a view that another process writes', () => {
  let stores: TestStores;
  let writer: ViewSubscription;
  let others: ViewsOfOthers;
  let view: ViewSubscription;

  beforeEach(async () => {
    stores = await openTestStores();
    await stores.models.prepare([counters]);
    const context = { ...stores, codec: counterCodec, log: quiet, retry: defaultSubscriptionRetry };
    writer = viewSubscription(countersProjection, { ...context, reading: sharedReading(context) });
    others = new ViewsOfOthers([countersProjection], context);
    [view] = others.subscriptions() as [ViewSubscription];
  });
  afterEach(async () => {
    await others.stop();
    await writer.stop();
    await stores.close();
  });

  it('shows an event once the other process has written it', async () => {
    const position = await bump(stores.store, 'a', 1, 2);
    others.start();
    expect(await view.reached(position, 200)).toBe(false);
    expect([view.state(), view.position()]).toEqual(['catching_up', 0]);
    const waiting = view.reached(position, soonMs);
    void writer.start();
    expect(await waiting).toBe(true);
    await eventually(() => view.state() === 'live');
    const next = await bump(stores.store, 'a', 3);
    expect(await view.reached(next, soonMs)).toBe(true);
    expect(await stores.models.get(counters, 'a')).toMatchObject({ total: 6 });
  });

  it('shows all up to the end of the log where nothing changes it, although the other process has not recorded that', async () => {
    await writer.start();
    others.start();
    const changed = await bump(stores.store, 'a', 1);
    await eventually(async () => (await stores.models.progress(counters.name)).checkpoint >= changed);
    await writer.stop();
    const { position } = await stores.store.append({
      stream: 'elsewhere-1',
      expected: 'any',
      events: [{ id: crypto.randomUUID(), type: 'Other', data: {}, metadata: { ...about, schemaVersion: 1 } }],
    });
    expect(await view.reached(position, soonMs)).toBe(true);
    expect((await stores.models.progress(counters.name)).checkpoint).toBeLessThan(position);
  });

  it('goes on at once when the other process says how far it has come', async () => {
    const position = await bump(stores.store, 'a', 1);
    others.start();
    const waiting = view.reached(position, soonMs);
    others.note({ counters: position });
    expect(await waiting).toBe(true);
    others.note({ counters: 0 });
    expect(view.position()).toBe(position);
  });
});

const about = { correlationId: 'test', causationId: 'test', actor: { kind: 'system', id: 'test' } } as const;
