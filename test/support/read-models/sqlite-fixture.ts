import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteReadModels } from '#lib/read-models/sqlite';
import type { ViewsFixture } from './fixture.js';

/** Views in a temporary directory. */
export const sqliteViewsFixture = async (): Promise<ViewsFixture & { readonly file: string }> => {
  const directory = await mkdtemp(join(tmpdir(), 'views-'));
  const file = join(directory, 'views.db');
  return {
    file,
    open: () => openSqliteReadModels({ file }),
    remove: () => rm(directory, { recursive: true }),
  };
};
