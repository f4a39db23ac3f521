import type { EventCodec } from '#lib/event-sourcing';
import type { EventStore } from '#lib/event-store';
import type { Follow, ReadPage } from './read-page.js';
import { SharedRun } from './shared-run.js';
import { maxUnrecorded } from './unrecorded.js';

/** How projections read the log. */
export type Reading = {
  /** As `EventStore.subscribe`, decoded. @throws what the store and the codec throw, from the iteration. */
  readonly subscribe: (follow: Follow) => AsyncIterable<ReadPage>;
};

/** Of a log of which so many times the events remain that may pass without a checkpoint, reading is shared. */
const minCheckpointsBehind = 5;

/**
 * Projections that have much of the log before them at the same time read it together: each event is read, checked and decoded once for all
 * of them, where every projection would do that again for its own. Near the end of the log, each reads for itself.
 */
export const sharedReading = ({
  store,
  codec,
}: {
  readonly store: EventStore;
  readonly codec: EventCodec;
}): Reading => {
  const minDistance = maxUnrecorded(store) * minCheckpointsBehind;
  let gathering: SharedRun | undefined;

  /** The run that has not begun yet. */
  const nextRun = (): SharedRun => {
    gathering ??= new SharedRun(store, codec, () => (gathering = undefined));
    return gathering;
  };

  async function* subscribe(follow: Follow): AsyncGenerator<ReadPage> {
    const { signal } = follow;
    let { after } = follow;
    if ((await store.head()) - after > minDistance) {
      for await (const page of nextRun().join(follow)) {
        after = page.position;
        yield page;
      }
    }
    if (signal.aborted) return;
    for await (const { events, position, live } of store.subscribe({ ...follow, after })) {
      yield { events: await codec.decode(events), position, live };
    }
  }

  return { subscribe };
};
