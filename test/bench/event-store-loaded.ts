import { join } from 'node:path';
import { RawLog } from './event-store-raw.js';
import { benchDirectory, benchEvents } from './event-store-workload.js';

export const loadedEvents = 1_000_000;
const batch = 8192;
let file: string | undefined;

/** A store's file with a million events of a quarter million streams in it, made once. */
export const loadedFile = (): string => (file ??= load());

const load = (): string => {
  const path = join(benchDirectory(), 'loaded.db');
  const raw = new RawLog(path);
  raw.db.pragma('synchronous = OFF');
  for (let done = 0; done < loadedEvents; done += batch) {
    raw.append(raw.rowsFor(benchEvents(Math.min(batch, loadedEvents - done))), batch);
  }
  raw.index();
  // Now the file goes to the disk, so that writing it back does not fall into what is measured later.
  raw.db.pragma('synchronous = FULL');
  raw.db.pragma('wal_checkpoint(TRUNCATE)');
  raw.close();
  return path;
};
