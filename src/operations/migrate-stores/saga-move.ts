import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SagaProgress, StoredProgress } from '#lib/saga-progress';
import { openSqliteSagaProgress } from '#lib/saga-progress/sqlite';
import { syncDirectory } from '#lib/sync-directory';
import { noteServer, type LogPlace } from '../../platform/log-place.js';

/** What is stored of each saga, by name. */
export type AllProgress = ReadonlyMap<string, StoredProgress>;

export const loadAll = async (progress: SagaProgress, sagas: readonly string[]): Promise<AllProgress> =>
  new Map(await Promise.all(sagas.map(async (name) => [name, await progress.load(name)] as const)));

/** The positions in it. */
export const positionsIn = (all: AllProgress): readonly number[] =>
  [...all.values()].flatMap(({ checkpoint, parked }) => [checkpoint ?? 0, ...parked.map(({ position }) => position)]);

/**
 * Writes the progress of all sagas to a file, counted in the positions of another copy of the log, and puts it in the place of the old one
 * in one step. Nothing may have the file open.
 */
export const replaceProgress = async (
  file: string,
  all: AllProgress,
  { positions, place }: { readonly positions: ReadonlyMap<number, number>; readonly place: LogPlace },
): Promise<void> => {
  const made = `${file}.moving`;
  await removeDatabase(made); // of an earlier try
  const progress = await openSqliteSagaProgress({ file: made });
  try {
    const there = (position: number): number => positions.get(position) ?? 0;
    for (const [saga, { checkpoint, parked }] of all) {
      if (checkpoint === undefined) continue;
      const park = parked.map((one) => ({ ...one, position: there(one.position) }));
      await progress.record({ saga, checkpoint: there(checkpoint), park });
    }
    if (place === 'server') await noteServer(progress);
  } finally {
    await progress.close();
  }
  await rename(made, file);
  await syncDirectory(dirname(file));
  await removeDatabase(made); // its lock
};

/** Removes a SQLite file and those beside it. */
export const removeDatabase = async (file: string): Promise<void> => {
  for (const suffix of ['', '-wal', '-shm', '.lock']) await rm(`${file}${suffix}`, { force: true });
};
