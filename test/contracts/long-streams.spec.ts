import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { EventStore } from '#lib/event-store';
import type { ReadModels } from '#lib/read-models';
import { openMongoReadModels } from '#lib/read-models/mongo';
import { MasterKey } from '#lib/vault';
import { CommandContext } from '../../src/platform/command-context.js';
import { CachedStreams } from '../../src/platform/streams/cached-streams.js';
import { StateSnapshots, streamStates } from '../../src/platform/streams/state-snapshots.js';
import { countingReads } from '../support/counted-reads.js';
import { counterCodec, longCounter, type CounterEvent } from '../support/counters.js';
import { eventStoreDbFixture } from '../support/event-store/eventstoredb-fixture.js';
import { sqliteStoreFixture } from '../support/event-store/sqlite-fixture.js';
import { openOn } from '../support/mongodb-server/open-on.js';
import { mongoPlace } from '../support/mongodb-server/place.js';
import { withViews } from '../support/read-models/fixture.js';
import { mongoViewsFixture } from '../support/read-models/mongo-fixture.js';
import { sqliteViewsFixture } from '../support/read-models/sqlite-fixture.js';
import { quiet } from '../support/stores.js';

type Stores = { readonly events: EventStore; readonly models: ReadModels };
type Run = (stores: Stores) => Promise<void>;

/** Processes that run one after the other on the same stores. */
const onFiles = async (...runs: readonly Run[]): Promise<void> => {
  const [log, views] = [await sqliteStoreFixture(), await sqliteViewsFixture()];
  try {
    for (const run of runs) await withViews(views, [streamStates], (models) => run({ events: log.store, models }));
  } finally {
    await views.remove();
    await log.remove();
  }
};

/** They have no sessions, and so write nothing else of the views. */
const onServers = async (...runs: readonly Run[]): Promise<void> => {
  const [log, place] = [await eventStoreDbFixture(), await mongoPlace()];
  const views = await mongoViewsFixture(place);
  const options = { readOnly: true, shared: [streamStates] };
  const open = () => openOn(views.uri, (mongo) => openMongoReadModels(mongo, options));
  try {
    await withViews(views, [streamStates], async () => {});
    for (const run of runs)
      await withViews({ ...views, open }, [streamStates], (models) => run({ events: log.store, models }));
  } finally {
    await views.remove();
    await place.stop();
    await log.remove();
  }
};

const key = new MasterKey(randomBytes(32));
const stream = 'counter-long';
const context = CommandContext.new({ kind: 'system', id: 'test' });
const tenBumps = Array.from({ length: 10 }, (): CounterEvent => ({
  type: 'CounterBumped',
  data: { counterId: 'long', by: 1 },
}));

const startedOn = ({ events, models }: Stores) => {
  const { store, counted } = countingReads(events);
  const decider = longCounter(1);
  const snapshots = new StateSnapshots(decider, { events: store, models }, key, quiet);
  return { streams: new CachedStreams(decider, store, counterCodec, snapshots), counted };
};

describe.each([
  ['files', onFiles],
  ['servers', onServers],
])('a long stream on %s', (_name, on) => {
  it('is not read again from its beginning after the run that appended to it', () =>
    on(
      async (stores) => {
        const { streams, counted } = startedOn(stores);
        for (let n = 0; n < 250; n += 1) await streams.append(stream, streams.known(stream), tenBumps, context);
        expect(counted.events).toBe(0);
      },
      async (stores) => {
        const { streams, counted } = startedOn(stores);
        expect((await streams.load(stream)).state).toEqual({ total: 2500 });
        expect(counted.events).toBeLessThan(1100);
      },
    ));
});
