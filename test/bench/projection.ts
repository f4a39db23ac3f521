import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { keepHeapsLean } from '#lib/engine';
import { eventCodec } from '#lib/event-sourcing';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { openSqliteReadModels } from '#lib/read-models/sqlite';
import { defaultSubscriptionRetry, sharedReading, viewSubscription } from '#lib/subscriptions';
import { erasureEvents } from '../../src/messaging/erasure.contract.js';
import { messageEvents } from '../../src/messaging/message.contract.js';
import { messages, messagesProjection } from '../../src/messaging/messages.projection.js';
import { benchDirectory } from './event-store-workload.js';
import type { Figure, Measured } from './harness.js';
import { longLog, type BenchLog } from './long-log.js';
import { messageDocuments } from './messages-workload.js';
import { upsertFloor } from './read-models-floor.js';

const floorEvents = 200_000;
const catchUpTimeoutMs = 600_000;

const catchUp = async (directory: string, { file, events }: BenchLog) => {
  const store = await openSqliteEventStore({ file });
  const models = await openSqliteReadModels({ file: join(directory, 'views.db') });
  await models.prepare([messages]);
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  const codec = eventCodec([messageEvents, erasureEvents]);
  const view = viewSubscription(messagesProjection, {
    store,
    models,
    codec,
    reading: sharedReading({ store, codec }),
    log: quiet,
    retry: defaultSubscriptionRetry,
  });
  const memory = [process.memoryUsage.rss() / 2 ** 20];
  const delay = monitorEventLoopDelay({ resolution: 1 });

  delay.enable();
  const start = performance.now();
  void view.start();
  for (let reached = events / 20; reached <= events; reached += events / 20) {
    if (!(await view.reached(reached, catchUpTimeoutMs))) throw new Error(`The view is stuck before ${reached}`);
    memory.push(process.memoryUsage.rss() / 2 ** 20);
  }
  const seconds = (performance.now() - start) / 1000;
  delay.disable();

  await view.stop();
  await models.close();
  await store.close();
  return { seconds, memory, loopDelay: delay.percentile(99) / 1e6 };
};

const projectionAgainstUpserts = async (): Promise<Measured> => {
  const log = await longLog();
  const directory = benchDirectory();
  const floorSeconds = upsertFloor(join(directory, 'floor.db'), messages, messageDocuments(floorEvents));
  keepHeapsLean(); // as the service does
  globalThis.gc?.();
  const { seconds, memory, loopDelay } = await catchUp(directory, log);
  const [before = 0, ...during] = memory;
  const [value, floor] = [log.events / seconds, floorEvents / floorSeconds];
  return {
    ratio: value / floor,
    value,
    floor,
    loopDelay,
    notes: [`resident memory ${before.toFixed(0)} MiB before, at most ${Math.max(...during).toFixed(0)} MiB meanwhile`],
  };
};

export const projectionFigures: readonly Figure[] = [
  {
    name: 'projection-catch-up',
    product: 'the view of messages catching up over 1,000,000 events, from the log to its documents',
    floor: `raw upserts of such documents after each of ${floorEvents.toLocaleString('en')} events, without search`,
    unit: 'events/s',
    aim: 0.4,
    run: projectionAgainstUpserts,
  },
];
