import { expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { eventCodec, type Recorded } from '#lib/event-sourcing';
import type { EventStore, StoredEvent } from '#lib/event-store';
import type { Log } from '#lib/subscriptions';
import type { PublicEvents } from '../../platform/public-events/public-events.js';
import type { Stores } from '../../platform/stores.js';
import { EventHub } from './event-hub.js';

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A hub that has followed a log of so many events, each with a text of so many characters. */
const hubAfter = async (count: number, characters: number): Promise<EventHub> => {
  const stored = (position: number): StoredEvent => ({
    id: `${position}`,
    type: 'MessageReceived',
    stream: `message-${position}`,
    revision: 0,
    position,
    recordedAt: '2026-11-30T00:00:00.000Z',
    data: { userId: 'ana', text: 'x'.repeat(characters) },
    metadata: {
      correlationId: 'c',
      causationId: 'c',
      actor: { kind: 'system', id: 'test' },
      schemaVersion: 1,
    },
  });
  const events: Pick<EventStore, 'head' | 'subscribe'> = {
    head: () => Promise.resolve(0),
    async *subscribe() {
      for (let position = 1; position <= count; position += 1)
        yield { events: [stored(position)], position, live: true };
    },
  };
  const stores = { events } as unknown as Stores;
  const hub = new EventHub(stores, eventCodec([]), quiet, { categories: [] } as unknown as PublicEvents);
  await hub.onApplicationBootstrap();
  while (hub.reached() < count) await turn();
  await hub.beforeApplicationShutdown();
  return hub;
};

const joins = (hub: EventHub, after: number): boolean =>
  hub.join('ana', after, (_event: Recorded) => true) !== undefined;

it('readers who come a little late get the last few hundred events from the hub', async () => {
  const hub = await hubAfter(2000, 1000);
  expect([joins(hub, 1500), joins(hub, 900)]).toEqual([true, false]);
});

it('only a few events are kept where they are large', async () => {
  const hub = await hubAfter(100, 512 * 1024);
  expect([joins(hub, 98), joins(hub, 90)]).toEqual([true, false]);
});
