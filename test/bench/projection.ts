import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { z } from 'zod';
import { event, eventCodec, eventTypes, projection, type EventOf } from '#lib/event-sourcing';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { newId } from '#lib/ids';
import { patch, put } from '#lib/read-models';
import { openSqliteReadModels } from '#lib/read-models/sqlite';
import { defaultSubscriptionRetry, viewSubscription } from '#lib/subscriptions';
import { RawLog } from './event-store-raw.js';
import { benchDirectory, type PlacedEvent } from './event-store-workload.js';
import type { Figure, Measured } from './harness.js';
import { upsertFloor, type FloorDocument } from './read-models-floor.js';
import {
  delivered,
  documentOf,
  idOf,
  messageRows,
  queued,
  sent,
  stepOf,
  type MessageRow,
} from './read-models-workload.js';

const events = 1_000_000;
const batch = 8192;

const rows = messageRows(false);

const id = z.object({ id: z.string() });
const benchEvents = eventTypes('message', {
  BenchQueued: event(id.loose()),
  BenchSent: event(id.extend({ status: z.string(), sentAt: z.string() })),
  BenchDelivered: event(id.extend({ status: z.string(), deliveredAt: z.string() })),
});

const rowsProjection = projection<EventOf<typeof benchEvents>, MessageRow>({
  into: rows,
  from: [benchEvents],
  on: {
    BenchQueued: ({ data }) => put(data.id, data as unknown as MessageRow),
    BenchSent: ({ data: { id, ...set } }) => patch(id, set),
    BenchDelivered: ({ data: { id, ...set } }) => patch(id, set),
  },
});

const placed = (number: number): PlacedEvent => {
  const { message, step } = stepOf(number);
  const id = idOf(message);
  const change = step === 0 ? queued(message) : step === 1 ? sent(message) : delivered(message);
  const type = ['BenchQueued', 'BenchSent', 'BenchDelivered'][step] as string;
  const metadata = { correlationId: id, causationId: id, actor: { kind: 'user', id }, schemaVersion: 1 } as const;
  // A stream for each event: the first messages are told of more than once.
  return { stream: `message-${number}`, revision: 0, event: { id: newId(), type, data: { id, ...change }, metadata } };
};

const loadLog = (file: string): void => {
  const raw = new RawLog(file);
  raw.db.pragma('synchronous = OFF');
  for (let done = 0; done < events; done += batch) {
    const next = Array.from({ length: Math.min(batch, events - done) }, (_, offset) => placed(done + offset));
    raw.append(raw.rowsFor(next), batch);
  }
  raw.index();
  raw.db.pragma('synchronous = FULL');
  raw.db.pragma('wal_checkpoint(TRUNCATE)');
  raw.close();
};

function* documents(): Iterable<FloorDocument> {
  for (let number = 0; number < events; number += 1) {
    const doc = documentOf(number);
    yield { id: doc.id, doc };
  }
}

const catchUp = async (directory: string, log: string) => {
  const store = await openSqliteEventStore({ file: log });
  const models = await openSqliteReadModels({ file: join(directory, 'views.db') });
  await models.prepare([rows]);
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  const context = { store, models, codec: eventCodec([benchEvents]), log: quiet, retry: defaultSubscriptionRetry };
  const view = viewSubscription(rowsProjection, context);
  const memory: number[] = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });

  delay.enable();
  const start = performance.now();
  void view.start();
  for (let reached = events / 10; reached <= events; reached += events / 10) {
    if (!(await view.reached(reached, 600_000))) throw new Error(`The view is stuck before ${reached}`);
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
  const directory = benchDirectory();
  const log = join(directory, 'log.db');
  loadLog(log);
  const floorSeconds = upsertFloor(join(directory, 'floor.db'), rows, documents());
  globalThis.gc?.();
  const { seconds, memory, loopDelay } = await catchUp(directory, log);
  const [first = 0, ...later] = memory;
  return {
    ratio: floorSeconds / seconds,
    value: events / seconds,
    floor: events / floorSeconds,
    loopDelay,
    notes: [
      `resident memory after the first tenth ${first.toFixed(0)} MiB, at most ${Math.max(...later).toFixed(0)} MiB later`,
    ],
  };
};

export const projectionFigures: readonly Figure[] = [
  {
    name: 'projection-catch-up',
    product: `a view catching up over ${events.toLocaleString('en')} events, from the log to its documents`,
    floor: 'raw upserts of the same documents, 500 in a transaction, into the same table',
    unit: 'events/s',
    aim: 0.4,
    run: projectionAgainstUpserts,
  },
];
