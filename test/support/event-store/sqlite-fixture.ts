import { join } from 'node:path';
import type { EventStore } from '#lib/event-store';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { newId } from '#lib/ids';
import { temporaryDirectory } from '../temporary-directory.js';
import type { StoreFixture } from './fixture.js';

export const sqliteStoreFixture = async (): Promise<StoreFixture & { readonly file: string }> => {
  const directory = await temporaryDirectory();
  const file = join(directory.path, 'events.db');
  const opened: EventStore[] = [];
  const open = async (path: string) => {
    const store = await openSqliteEventStore({ file: path });
    opened.push(store);
    return store;
  };
  const closeAll = async () => {
    for (const store of opened) await store.close();
  };
  return {
    file,
    store: await open(file),
    reopen: async () => {
      await closeAll();
      return open(file);
    },
    openCopy: open,
    freePath: () => join(directory.path, newId()),
    remove: async () => {
      await closeAll();
      await directory.remove();
    },
  };
};
