import type { Json } from '#lib/json';
import type { Tables } from './memory-view.js';

/** A memory view as it was after an event: disposable, and only a shorter way to what the log says. */
export type Snapshot = {
  /** Of the definition that made it. */
  readonly fingerprint: string;
  /** The last event that is in it: another event at that place means another log. */
  readonly eventId: string;
  readonly position: number;
  readonly tables: { readonly [name: string]: readonly (readonly [string, Json])[] };
};

/** Keeps the latest snapshot of each memory view. Losing them costs time at the next start, nothing else. */
export type SnapshotStore = {
  load(view: string): Promise<Snapshot | undefined>;
  save(view: string, snapshot: Snapshot): Promise<void>;
};

export const tablesToSnapshot = (tables: Tables): Snapshot['tables'] =>
  Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, [...table]]));

/** Fills empty tables. */
export const fillTables = (tables: Tables, stored: Snapshot['tables']): void => {
  for (const [name, table] of Object.entries(tables)) {
    for (const [key, value] of stored[name] ?? []) table.set(key, value);
  }
};

export const sizeOf = (tables: Tables): number => Object.values(tables).reduce((sum, { size }) => sum + size, 0);
