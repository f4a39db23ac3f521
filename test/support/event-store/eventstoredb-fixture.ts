import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '#lib/event-store';
import { openEventStoreDb, type EventStoreDbOptions } from '#lib/event-store/eventstoredb';
import { newId } from '#lib/ids';
import { EventStoreDbServer } from '../eventstoredb-server/index.js';
import type { StoreFixture } from './fixture.js';

/** The server to test against, in place of the one that tests bring with them. */
const realUrl = process.env['EVENTSTORE_URL'];

/** An empty store: on a server of its own, or in a namespace of its own on the one that `EVENTSTORE_URL` names. */
export const eventStoreDbFixture = async (limits: EventStoreDbOptions['limits'] = {}): Promise<StoreFixture> => {
  const server = realUrl === undefined ? await EventStoreDbServer.start() : undefined;
  const url = realUrl ?? server?.url ?? '';
  const namespace = realUrl === undefined ? '' : `test${randomUUID().slice(0, 8)}.`;
  const opened: EventStore[] = [];
  const open = async () => {
    const store = await openEventStoreDb({ url, namespace, limits });
    opened.push(store);
    return store;
  };
  const closeAll = async () => {
    for (const store of opened) await store.close();
  };
  return {
    store: await open(),
    reopen: async () => {
      await closeAll();
      return open();
    },
    freePath: () => join(tmpdir(), newId()),
    remove: async () => {
      await closeAll();
      await server?.stop();
    },
  };
};
