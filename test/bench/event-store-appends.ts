import { join } from 'node:path';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { loadedEvents, loadedFile } from './event-store-loaded.js';
import { RawLog } from './event-store-raw.js';
import { appendFrom, benchDirectory, forWriters, benchEvents } from './event-store-workload.js';
import { compare, type Figure, type Measured } from './harness.js';

const writers = 64;
const rounds = 6;
/** Enough for the index tables to be written three times in a round. */
const eventsEach = 384;

const againstRaw = async (rows: number, batch: number): Promise<Measured> => {
  const directory = benchDirectory();
  const raw = new RawLog(join(directory, 'raw.db'));
  const store = await openSqliteEventStore({ file: join(directory, 'events.db') });
  // Events and rows are prepared beforehand: making them is not measured.
  let prepared = forWriters(writers, eventsEach);
  let preparedRows = raw.rowsFor(benchEvents(rows));
  const measured = await compare({
    rounds,
    prepare: () => {
      prepared = forWriters(writers, eventsEach);
      preparedRows = raw.rowsFor(benchEvents(rows));
    },
    floor: async () => {
      raw.append(preparedRows, batch);
      return preparedRows.length;
    },
    product: () => appendFrom(store, prepared),
  });
  raw.close();
  await store.close();
  return measured;
};

const loadedAgainstEmpty = async (): Promise<Measured> => {
  const loaded = await openSqliteEventStore({ file: loadedFile() });
  const empty = await openSqliteEventStore({ file: join(benchDirectory(), 'empty.db') });
  let prepared = forWriters(writers, eventsEach);
  const measured = await compare({
    rounds,
    prepare: () => {
      prepared = forWriters(writers, eventsEach);
    },
    floor: () => appendFrom(empty, prepared),
    product: () => appendFrom(loaded, prepared),
  });
  await loaded.close();
  await empty.close();
  return measured;
};

export const eventStoreAppends: readonly Figure[] = [
  {
    name: 'event-store-group-commit',
    product: `durable appends of ${writers} concurrent writers`,
    floor: 'raw inserts into the same table, one transaction each',
    unit: 'events/s',
    aim: 8,
    run: () => againstRaw(2000, 1),
  },
  {
    name: 'event-store-raw-batches',
    product: `durable appends of ${writers} concurrent writers`,
    floor: `raw inserts into the same table, ${writers} to a transaction`,
    unit: 'events/s',
    aim: 0.5,
    run: () => againstRaw(writers * eventsEach, writers),
  },
  {
    name: 'event-store-loaded',
    product: `the same appends with ${loadedEvents.toLocaleString('en')} events stored`,
    floor: 'with an empty store',
    unit: 'events/s',
    aim: 0.9,
    run: loadedAgainstEmpty,
  },
];
