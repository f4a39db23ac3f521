import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreUnavailable, type EventStore } from '#lib/event-store';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import type { ReadModels } from '#lib/read-models';
import { openSqliteReadModels } from '#lib/read-models/sqlite';

/** Where everything is kept: the log, and the views made from it. */
export type Stores = { readonly events: EventStore; readonly models: ReadModels };

/** Opens the embedded stores, making them where there are none. @throws {StoreUnavailable | ReadModelsUnavailable} in words for the operator. */
export const openStores = async (directory: string): Promise<Stores> => {
  await makeDirectory(directory);
  const events = await openSqliteEventStore({ file: join(directory, 'events.db') });
  try {
    return { events, models: await openSqliteReadModels({ file: join(directory, 'views.db') }) };
  } catch (error) {
    await events.close();
    throw error;
  }
};

const makeDirectory = async (directory: string): Promise<void> => {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreUnavailable('io', `WAYBILL_DATA_DIR cannot be used: ${why}`, { cause: error });
  }
};
