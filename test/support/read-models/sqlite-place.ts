import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteReadModels } from '#lib/read-models/sqlite';
import type { Place } from './place.js';

/** A directory of its own, with the file that the views are in. */
export const sqlitePlace = async (): Promise<Place & { readonly file: string }> => {
  const directory = await mkdtemp(join(tmpdir(), 'views-'));
  const file = join(directory, 'views.db');
  return {
    file,
    open: () => openSqliteReadModels({ file }),
    remove: () => rm(directory, { recursive: true }),
  };
};
