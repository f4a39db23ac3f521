import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decider, type Command } from '#lib/event-sourcing';
import type { EventStore } from '#lib/event-store';
import { MasterKey } from '#lib/vault';
import { CachedStreams } from '../../src/platform/streams/cached-streams.js';
import { StateSnapshots, streamStates } from '../../src/platform/streams/state-snapshots.js';
import { bumped, counterCodec, counterEvents, type CounterEvent } from '../support/counters.js';
import { openTestStores, quiet, type TestStores } from '../support/stores.js';

type Bump = Command<'Bump', { readonly counterId: string; readonly by: number }>;

const counter = (snapshotVersion: number, factor = 1) =>
  decider<Bump, CounterEvent, { readonly total: number }>({
    events: counterEvents,
    idOf: ({ data }) => data.counterId,
    initialState: { total: 0 },
    snapshotVersion,
    decide: { Bump: (data) => [{ type: 'CounterBumped', data }] },
    evolve: { CounterBumped: ({ total }, { by }) => ({ total: total + factor * by }) },
  });

const key = new MasterKey(randomBytes(32));
const stream = 'counter-long';
const events = 2500;

describe('the state of a long stream', () => {
  let stores: TestStores;
  let read: number;

  beforeEach(async () => {
    stores = await openTestStores();
    await stores.models.prepare([streamStates]);
    const { store } = stores;
    await store.append({
      stream,
      expected: 'no_stream',
      events: Array.from({ length: events }, () => bumped('long', 1)),
    });
    read = 0;
  });
  afterEach(() => stores.close());

  /** What a process that has just started knows of the stream. */
  const afterStart = async (definition = counter(1), { store, models } = stores) => {
    const counted = counting(store);
    const snapshots = new StateSnapshots(definition, { events: counted, models }, key, quiet);
    read = 0;
    return new CachedStreams(definition, counted, counterCodec, snapshots).load(stream);
  };
  const counting = (store: EventStore): EventStore =>
    new Proxy(store, {
      get: (target, name) => {
        if (name !== 'readStream') return Reflect.get(target, name) as unknown;
        return async function* (...asked: Parameters<EventStore['readStream']>) {
          for await (const event of target.readStream(...asked)) {
            read += 1;
            yield event;
          }
        };
      },
    });

  it('is read from its beginning once; later only what is new is read', async () => {
    expect((await afterStart()).state).toEqual({ total: events });
    expect(read).toBe(events);
    await stores.store.append({ stream, expected: 'any', events: [bumped('long', 5)] });
    expect(await afterStart()).toMatchObject({ state: { total: events + 5 }, revision: events });
    expect(read).toBe(2); // the last one of the stored state, which shows that it is the same log, and the new one
  });

  it('is read anew where the definition has changed, or the views were deleted', async () => {
    await afterStart();
    expect((await afterStart(counter(2, 2))).state).toEqual({ total: 2 * events });
    expect(read).toBe(events);
    stores = await stores.withoutViews();
    await stores.models.prepare([streamStates]);
    expect((await afterStart()).state).toEqual({ total: events });
    expect(read).toBe(events);
  });

  it('is not taken from another log', async () => {
    await afterStart();
    const other = await openTestStores();
    try {
      const { models } = stores;
      const fewer = Array.from({ length: events - 1 }, () => bumped('long', 1));
      await other.store.append({ stream, expected: 'no_stream', events: [...fewer, bumped('long', 7)] });
      expect((await afterStart(counter(1), { ...other, models })).state).toEqual({ total: events + 6 });
    } finally {
      await other.close();
    }
  });

  it('is sealed', async () => {
    await afterStart();
    const stored = await stores.models.get(streamStates, stream);
    expect(Buffer.from(stored!.sealed, 'base64').toString('latin1')).not.toContain('total');
  });
});
