import { join } from 'node:path';
import { openSqliteSagaProgress } from '#lib/saga-progress/sqlite';
import { temporaryDirectory } from '../temporary-directory.js';
import type { Place } from './place.js';

/** A directory of its own, with the file that the progress is in. */
export const sqlitePlace = async (): Promise<Place & { readonly file: string }> => {
  const { path, remove } = await temporaryDirectory();
  const file = join(path, 'sagas.db');
  return { file, open: () => openSqliteSagaProgress({ file }), arguments: ['sqlite', file], remove };
};
