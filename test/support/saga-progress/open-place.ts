import type { SagaProgress } from '#lib/saga-progress';
import { openSqliteSagaProgress } from '#lib/saga-progress/sqlite';

const adapters: { readonly [adapter: string]: (where: string) => Promise<SagaProgress> } = {
  sqlite: (file) => openSqliteSagaProgress({ file }),
};

/** Opens the place that the arguments of a child process name: the adapter, and where its data is. */
export const openPlace = async ([adapter = '', where = '']: readonly string[]): Promise<SagaProgress> => {
  const open = adapters[adapter];
  if (!open) throw new Error(`There is no adapter ${adapter}`);
  return open(where);
};
