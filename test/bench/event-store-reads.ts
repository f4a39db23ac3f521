import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { openReader } from '#lib/sqlite';
import { loadedEvents, loadedFile } from './event-store-loaded.js';
import { compare, type Figure, type Measured } from './harness.js';

const rounds = 3;

const readAgainstRaw = async (): Promise<Measured> => {
  const file = loadedFile();
  const store = await openSqliteEventStore({ file });
  const db = openReader(file);
  const statement = db.prepare(`SELECT * FROM events ORDER BY position LIMIT ${loadedEvents}`);
  const heaps: number[] = [];
  const measured = await compare({
    rounds,
    floor: async () => {
      let rows = 0;
      for (const _row of statement.iterate()) rows += 1;
      return rows;
    },
    product: async () => {
      let events = 0;
      for await (const event of store.readAll({ limit: loadedEvents })) {
        events += 1;
        if (event.position % 50_000 === 0) heaps.push(process.memoryUsage().heapUsed / 2 ** 20);
      }
      return events;
    },
  });
  db.close();
  await store.close();
  const range = `${Math.min(...heaps).toFixed(0)} to ${Math.max(...heaps).toFixed(0)} MiB`;
  return { ...measured, notes: [`JavaScript heap at every 50,000th event: ${range}`] };
};

export const eventStoreReads: readonly Figure[] = [
  {
    name: 'event-store-read',
    product: `${loadedEvents.toLocaleString('en')} events through the port: checked, parsed, one by one`,
    floor: 'raw iterate over the same rows, neither checked nor parsed',
    unit: 'events/s',
    aim: 0.5,
    run: readAgainstRaw,
  },
];
