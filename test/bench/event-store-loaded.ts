import { join } from 'node:path';
import { RawLog } from './event-store-raw.js';
import { benchDirectory, benchEvents } from './event-store-workload.js';

export const loadedEvents = 1_000_000;
const batch = 8192;
let file: string | undefined;

/** The file of a store with a million events in a quarter of a million streams, made once. */
export const loadedFile = (): string => (file ??= load());

const load = (): string => {
  const path = join(benchDirectory(), 'loaded.db');
  const raw = new RawLog(path);
  raw.db.pragma('synchronous = OFF');
  for (let done = 0; done < loadedEvents; done += batch) {
    raw.append(raw.rowsFor(benchEvents(Math.min(batch, loadedEvents - done))), batch);
  }
  raw.index();
  // Sync the file now, so that writing it back is not measured later.
  raw.db.pragma('synchronous = FULL');
  raw.db.pragma('wal_checkpoint(TRUNCATE)');
  raw.close();
  return path;
};
