import { describe, expect, it } from '@jest/globals';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { CorruptEvent, InvalidAppend, NoEventAtPosition, passedOver } from '#lib/event-store';
import { follow, onServer, type Scene } from '../support/event-store/eventstoredb-scene.js';
import { collect, idsOf, newEvent, newEvents, newStream } from '../support/event-store/events.js';
import { eventually } from '../support/eventually.js';

const append = (stream = newStream(), count = 1, type?: string) => ({
  stream,
  expected: 'any' as const,
  events: newEvents(count, type),
});

/** Gives a test the vendor's client beside the store. */
const withClient =
  (test: (client: EventStoreDBClient, scene: Scene) => Promise<void>) =>
  async (scene: Scene): Promise<void> => {
    const client = EventStoreDBClient.connectionString(scene.server.url);
    try {
      await test(client, scene);
    } finally {
      await client.dispose();
    }
  };

describe('the log on EventStoreDB', () => {
  it(
    'names causes as the tools of the server do',
    onServer(async ({ server, store }) => {
      const { stream, events, ...rest } = append();
      await store.append({ stream, events, ...rest });
      const [record] = server.log.streamRecords(stream) as readonly { metadata: Uint8Array; isJson: boolean }[];
      const { correlationId, causationId, actor, schemaVersion } = events[0]!.metadata;
      expect(JSON.parse(Buffer.from(record!.metadata).toString())).toEqual({
        $correlationId: correlationId,
        $causationId: causationId,
        actor,
        schemaVersion,
      });
      expect(record!.isJson).toBe(true);
    }),
  );

  it(
    'has no event of the server, of a deleted stream, or of another kind of data',
    onServer(
      withClient(async (client, { server, store }) => {
        const [kept, deleted, ended] = [append(), append(), append()];
        for (const each of [kept, deleted, ended]) await store.append(each);
        await client.deleteStream(deleted.stream);
        await client.tombstoneStream(ended.stream);
        server.log.write('notes-1', 'any', [
          { id: newEvent().id, type: 'Note', isJson: false, data: Buffer.of(1), metadata: Buffer.of() },
        ]);
        for (const { stream } of [deleted, ended]) expect(await collect(store.readStream(stream))).toEqual([]);
        const all = await collect(store.readAll());
        expect(all.every(({ stream, type }) => !stream.startsWith('$') && !type.startsWith('$'))).toBe(true);
        expect(all).toHaveLength(3);
        expect(await store.head()).toBe(all.at(-1)?.position);
        expect((await store.verify()).corrupt).toEqual([]);
        await expect(store.append(append(ended.stream))).rejects.toThrow(InvalidAppend);
        expect(await store.append({ ...append(deleted.stream), expected: 'no_stream' })).toMatchObject({ revision: 1 });
        expect(await collect(store.readStream(deleted.stream))).toHaveLength(1);
      }),
    ),
  );

  it(
    'is appended to behind events of other programs in the same stream',
    onServer(async ({ server, store }) => {
      const { stream, events, ...rest } = append();
      const foreign = { id: newEvent().id, type: 'Note', isJson: false, data: Buffer.of(1), metadata: Buffer.of() };
      server.log.write(stream, 'any', [foreign]);
      expect(await store.append({ stream, events, ...rest })).toMatchObject({ revision: 1 });
      expect(await store.append({ stream, events, ...rest })).toMatchObject({ revision: 1 });
      expect(server.log.headOf(stream)).toBe(1);
    }),
  );

  it(
    'refuses streams of the server and appends that the server would refuse',
    onServer(async ({ store }) => {
      await expect(store.append(append('$settings'))).rejects.toThrow(InvalidAppend);
      const large = newEvent('Large', 'ß'.repeat(600_000)); // more bytes than characters
      await expect(store.append({ ...append(), events: [large] })).rejects.toThrow(InvalidAppend);
    }),
  );

  it(
    'is shared by installations that do not see each other',
    onServer(async ({ server, store, reopen }) => {
      await store.append(append('message-1', 3));
      const shop = await reopen({ namespace: 'shop.' });
      expect(await shop.head()).toBe(0);
      await shop.append(append('message-1', 2));
      const follower = follow(shop, { filter: { categories: ['message'] } });
      await eventually(() => follower.events.length === 2);
      await follower.stop();
      expect(await collect(shop.readAll())).toEqual(await collect(shop.readStream('message-1')));
      expect(server.log.headOf('shop.message-1')).toBe(1);
    }),
  );

  it(
    'stops readers at an event that claims to be JSON and is not, until it is passed over',
    onServer(async ({ server, store }) => {
      const stream = newStream('message');
      const broken = {
        id: newEvent().id,
        type: 'Note',
        isJson: true,
        data: Buffer.from('{"te'),
        metadata: Buffer.of(),
      };
      await store.append(append(stream, 2));
      server.log.write(stream, 'any', [broken]);
      const { position: last } = await store.append({ ...append(stream, 2), expected: 2 });
      const [, , position] = server.log.records.filter((each) => each.stream === stream).map((each) => each.position);
      const met = { name: CorruptEvent.name, position };
      const followers = [{}, { filter: { categories: ['message'] } }, { filter: { types: ['Note'] } }, { stream }];

      for (const options of followers) {
        const stopped = follow(store, options);
        await expect(stopped.ended).rejects.toMatchObject(met);
        expect(stopped.events).toHaveLength('filter' in options && 'types' in options.filter ? 0 : 2);
      }
      await expect(collect(store.readStream(stream))).rejects.toMatchObject(met);
      await expect(collect(store.readAll())).rejects.toMatchObject(met);
      const damage = { position, problem: 'its data is not JSON' };
      expect(store.damaged()).toEqual([damage]);
      expect((await store.verify()).corrupt).toEqual([damage]);

      store.passOver(position as number);
      expect(store.damaged()).toEqual([]);
      const types = (await collect(store.readStream(stream))).map(({ type }) => type);
      expect(types.map((type) => type === passedOver)).toEqual([false, false, true, false, false]);
      for (const options of followers) {
        const follower = follow(store, options);
        await eventually(() => follower.pages.at(-1)?.position === last);
        await follower.stop();
        expect(follower.events.filter(({ type }) => type === passedOver)).toHaveLength(1);
      }
    }),
  );

  it(
    'is appended to in the order of the calls',
    onServer(async ({ store }) => {
      const appends = Array.from({ length: 60 }, (_, index) => {
        const expected = index % 7 === 0 ? ('any' as const) : ('no_stream' as const);
        return { stream: newStream(), expected, events: newEvents(1 + (index % 3)) };
      });
      await Promise.all(appends.map((each) => store.append(each)));
      expect(idsOf(await collect(store.readAll()))).toEqual(appends.flatMap(({ events }) => idsOf(events)));
    }),
  );
});

describe('following the log on EventStoreDB', () => {
  it(
    'catches up by what the server filters, and tells how far it has come between matches',
    onServer(async ({ server, store, reopen }) => {
      const matching = append('rare-1', 1, 'Rare');
      await store.append(matching);
      for (let round = 0; round < 8; round += 1) await store.append(append(`common-${round}`, 2000, 'Common'));
      await store.append(append('rare-2', 1, 'Rare'));
      const again = await reopen();
      const head = await again.head();
      for (const filter of [{ types: ['Rare'] }, { categories: ['rare'] }]) {
        const follower = follow(again, { filter });
        await eventually(() => follower.pages.at(-1)?.position === head);
        await follower.stop();
        expect(follower.events.map(({ stream }) => stream)).toEqual(['rare-1', 'rare-2']);
        const between = follower.pages.filter(({ events, position }) => events.length === 0 && position < head);
        expect(between.length).toBeGreaterThanOrEqual(2);

        const rest = follow(again, { filter, after: between[1]?.position ?? 0 });
        await eventually(() => rest.pages.at(-1)?.position === head);
        await rest.stop();
        expect(rest.events.map(({ stream }) => stream)).toEqual(['rare-2']);
      }
      expect(server.log.records.length).toBeGreaterThan(16_000);
    }),
  );

  it(
    'is not sent more than a slow reader takes, as far as the buffers on the way allow',
    onServer(async ({ server, store, reopen }) => {
      const payload = { text: 'x'.repeat(2000) };
      for (let round = 0; round < 5; round += 1) {
        const events = Array.from({ length: 300 }, () => newEvent('Large', payload));
        await store.append({ ...append(), events });
      }
      const again = await reopen();
      const before = server.sentEvents;
      const slow = again.subscribe({ after: 0, pageSize: 10 })[Symbol.asyncIterator]();
      expect((await slow.next()).value?.events).toHaveLength(10);
      let sent = -1;
      await eventually(async () => {
        const earlier = sent;
        sent = server.sentEvents;
        await again.head(); // one more answer, so that the server had its turn
        return earlier === sent - 1 || earlier === sent;
      });
      expect(server.sentEvents - before).toBeLessThan(750);
      const seen = [10];
      while (seen.reduce((sum, count) => sum + count) < 1500) seen.push((await slow.next()).value?.events.length ?? 0);
      await slow.return?.();
      expect(Math.max(...seen)).toBe(10);
    }),
  );

  it(
    'moves on with events that the filter does not match, and with another process’s',
    onServer(
      withClient(async (client, { store }) => {
        const follower = follow(store, { filter: { types: ['Kept'] } });
        await eventually(follower.isLive);
        const { position } = await store.append(append());
        await eventually(() => follower.pages.at(-1)?.position === position);
        await client.appendToStream('other-1', jsonEvent({ type: 'Kept', data: {}, metadata: {} }));
        await eventually(() => follower.events.length === 1);
        await follower.stop();
        expect(follower.events[0]).toMatchObject({ stream: 'other-1', type: 'Kept' });
      }),
    ),
  );

  it(
    'refuses a position from another log',
    onServer(async ({ store, reopen }) => {
      await store.append(append(undefined, 5));
      const again = await reopen();
      const position = (await again.head()) - 1;
      for (const direction of ['forwards', 'backwards'] as const) {
        const refusal = collect(again.readAll({ from: position, direction }));
        await expect(refusal).rejects.toThrow('stem from another log');
        await expect(refusal).rejects.toThrow(NoEventAtPosition);
      }
      await expect(collect(again.subscribe({ after: position }))).rejects.toThrow(NoEventAtPosition);
    }),
  );

  it(
    'refuses it at once: asking again would not help',
    onServer(async ({ store, reopen, server }) => {
      await store.append(append(undefined, 5));
      const again = await reopen();
      const position = (await again.head()) - 1;
      const before = server.servedReads;
      await expect(collect(again.readAll({ from: position }))).rejects.toThrow(NoEventAtPosition);
      expect(server.servedReads - before).toBe(2); // where the log ends, and this
    }),
  );
});
