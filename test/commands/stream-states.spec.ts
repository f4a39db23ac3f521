import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MasterKey } from '#lib/vault';
import { CommandContext } from '../../src/platform/command-context.js';
import { CachedStreams } from '../../src/platform/streams/cached-streams.js';
import { StateSnapshots, streamStates } from '../../src/platform/streams/state-snapshots.js';
import { countingReads } from '../support/counted-reads.js';
import { bumped, counterCodec, longCounter, type CounterEvent } from '../support/counters.js';
import { eventually } from '../support/eventually.js';
import { openTestStores, quiet, type TestStores } from '../support/stores.js';

const key = new MasterKey(randomBytes(32));
const stream = 'counter-long';
const context = CommandContext.new({ kind: 'system', id: 'test' });
const bumps = (count: number): readonly CounterEvent[] =>
  Array.from({ length: count }, () => ({ type: 'CounterBumped', data: { counterId: 'long', by: 1 } }));
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

  /** What a process knows of the stream that has just started, and how to ask it again. */
  const newProcess = (definition = longCounter(1), { store, models } = stores, atEnd?: () => Promise<void>) => {
    const { store: events, counted } = countingReads(store, atEnd);
    const streams = new CachedStreams(
      definition,
      events,
      counterCodec,
      new StateSnapshots(definition, { events, models }, key, quiet),
    );
    return { streams, load: () => streams.load(stream), counted };
  };
  const afterStart = async (...given: Parameters<typeof newProcess>) => {
    const { load, counted } = newProcess(...given);
    const loaded = await load();
    read = counted.events;
    return loaded;
  };
  const stored = async () => (await stores.models.get(streamStates, stream))?.sealed;
  const isStored = () => eventually(async () => (await stored()) !== undefined);

  it('is read from its beginning once; later only what is new is read', async () => {
    expect((await afterStart()).state).toEqual({ total: events });
    expect(read).toBe(events);
    await isStored();
    await stores.store.append({ stream, expected: 'any', events: [bumped('long', 5)] });
    expect(await afterStart()).toMatchObject({ state: { total: events + 5 }, revision: events });
    expect(read).toBe(2); // the last one of the stored state, which shows that it is the same log, and the new one
  });

  it('is read anew where the definition has changed, or the views were deleted', async () => {
    await afterStart();
    await isStored();
    expect((await afterStart(longCounter(2, 2))).state).toEqual({ total: 2 * events });
    expect(read).toBe(events);
    stores = await stores.withoutViews();
    await stores.models.prepare([streamStates]);
    expect((await afterStart()).state).toEqual({ total: events });
    expect(read).toBe(events);
  });

  it('is not taken from another log', async () => {
    await afterStart();
    await isStored();
    const other = await openTestStores();
    try {
      const { models } = stores;
      const fewer = Array.from({ length: events - 1 }, () => bumped('long', 1));
      await other.store.append({ stream, expected: 'no_stream', events: [...fewer, bumped('long', 7)] });
      expect((await afterStart(longCounter(1), { ...other, models })).state).toEqual({ total: events + 6 });
    } finally {
      await other.close();
    }
  });

  it('is sealed', async () => {
    await afterStart();
    await isStored();
    expect(Buffer.from((await stored()) ?? '', 'base64').toString('latin1')).not.toContain('total');
  });

  it('is read once for all who ask meanwhile, and shows each of them what was recorded before they asked', async () => {
    let go = (): void => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { load, counted } = newProcess(longCounter(1), stores, () => held);
    const first = load();
    await eventually(() => counted.events === events);
    await stores.store.append({ stream, expected: 'any', events: [bumped('long', 5)] });
    const others = Array.from({ length: 20 }, load);
    go();
    expect((await first).state).toEqual({ total: events });
    for (const other of others) expect((await other).state).toEqual({ total: events + 5 });
    expect(counted.events).toBe(events + others.length);
  });

  it('is read from where it was stored also by a process that saw it long before', async () => {
    const idle = newProcess();
    expect((await idle.load()).revision).toBe(events - 1);
    const read = idle.counted.events;
    const { streams } = newProcess();
    for (let known = await streams.load(stream); known.revision < 3 * events - 1; known = streams.known(stream)) {
      await streams.append(stream, known, bumps(500), context);
    }
    const position = 3 * events - 1000;
    await eventually(async () => (await stores.models.progress(`state ${stream}`)).checkpoint > position);
    expect((await idle.load()).state).toEqual({ total: 3 * events });
    expect(idle.counted.events - read).toBeLessThan(2200);
  });
});
