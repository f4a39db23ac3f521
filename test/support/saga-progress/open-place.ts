import { openMongo } from '#lib/mongo';
import type { SagaProgress } from '#lib/saga-progress';
import { openMongoSagaProgress } from '#lib/saga-progress/mongo';
import { openSqliteSagaProgress } from '#lib/saga-progress/sqlite';

const adapters: { readonly [adapter: string]: (where: string) => Promise<SagaProgress> } = {
  mongo: async (uri) => openMongoSagaProgress(await openMongo(uri)),
  sqlite: (file) => openSqliteSagaProgress({ file }),
};

/** Opens the place that the arguments of a child process name: the adapter, and where its data is. */
export const openPlace = async ([adapter = '', where = '']: readonly string[]): Promise<SagaProgress> => {
  const open = adapters[adapter];
  if (!open) throw new Error(`There is no adapter ${adapter}`);
  return open(where);
};
