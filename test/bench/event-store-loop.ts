import { setTimeout as delay } from 'node:timers/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { join } from 'node:path';
import type { EventStore } from '#lib/event-store';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { loadedFile } from './event-store-loaded.js';
import { appendFrom, benchDirectory, forWriters } from './event-store-workload.js';
import type { Figure, Measured } from './harness.js';

const budget = 5;
const seconds = 5;

/** The 99th percentile of the event-loop delay of this thread during some work, in milliseconds. */
const loopDelayDuring = async (work: () => Promise<unknown>): Promise<number> => {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await work();
  histogram.disable();
  return histogram.percentile(99) / 1e6;
};

/** Writers, two readers of the whole log, a backup and a verification at once, until the slowest is done. */
const everything = async (store: EventStore, directory: string): Promise<void> => {
  const prepared = forWriters(64, 400);
  const until = performance.now() + seconds * 1000;
  const readOn = async () => {
    for await (const event of store.readAll()) if (event.position % 1000 === 0 && performance.now() > until) return;
  };
  await Promise.all([
    appendFrom(store, prepared),
    readOn(),
    readOn(),
    store.backup(join(directory, 'backup.db')),
    store.verify(),
  ]);
};

const measure = async (): Promise<Measured> => {
  const store = await openSqliteEventStore({ file: loadedFile() });
  const idle = await loopDelayDuring(() => delay(1000));
  const value = await loopDelayDuring(() => everything(store, benchDirectory()));
  await store.close();
  return {
    ratio: budget / value,
    value,
    floor: budget,
    notes: [`p99 of an idle loop on this machine: ${idle.toFixed(2)} ms`],
  };
};

export const eventStoreLoop: readonly Figure[] = [
  {
    name: 'event-store-event-loop',
    product: 'p99 event-loop delay during appends, reads, backup and verify of a million events at once',
    floor: `${budget} ms`,
    unit: 'ms',
    aim: 1,
    run: measure,
  },
];
