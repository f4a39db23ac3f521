import { describe, expect, it } from '@jest/globals';
import { RevisionConflict, StoreUnavailable } from '#lib/event-store';
import { follow, onServer, quick } from '../support/event-store/eventstoredb-scene.js';
import { collect, idsOf, newEvent, newEvents, newStream } from '../support/event-store/events.js';
import { eventually } from '../support/eventually.js';
import { rpcErrors, type EventStoreDbServer } from '../support/eventstoredb-server/index.js';

const appendTo = (stream: string, count = 2) => ({
  stream,
  expected: 'no_stream' as const,
  events: newEvents(count),
});

describe('an append on EventStoreDB', () => {
  it.each(['silence', 'closed'] as const)('is settled by repeating it when its answer is lost: %s', (how) =>
    onServer(async ({ server, store }) => {
      const append = appendTo(newStream());
      server.faults.next('append', { kind: 'answer_lost', how });
      const appended = await store.append(append);
      const stored = await collect(store.readStream(append.stream));
      expect(idsOf(stored)).toEqual(idsOf(append.events));
      expect(appended).toEqual({ revision: 1, position: stored[1]?.position });
      expect(server.faults.left('append')).toBe(0);
    })(),
  );

  it('is settled at its revision when others appended before it was repeated', () =>
    onServer(async ({ server, store }) => {
      const append = appendTo(newStream());
      server.faults.next('append', { kind: 'answer_lost', how: 'silence' });
      const lost = store.append(append);
      await eventually(() => server.log.headOf(append.stream) === 1);
      await store.append({ stream: append.stream, expected: 1, events: newEvents(3) });
      expect(await lost).toMatchObject({ revision: 1 });
      expect(await collect(store.readStream(append.stream))).toHaveLength(5);
    })());

  const passing = {
    busy: rpcErrors.serverBusy(),
    'not ready': rpcErrors.serverNotReady(),
    'too slow to write': rpcErrors.timedOut(),
    'without a leader': rpcErrors.noLeaderInfo(),
  };
  it.each(Object.entries(passing))('waits and is repeated while the server is %s', (_state, error) =>
    onServer(async ({ server, store }) => {
      server.faults.next('append', { kind: 'refused', error }, 3);
      expect(await store.append(appendTo(newStream()))).toMatchObject({ revision: 1 });
      expect(server.faults.left('append')).toBe(0);
    })(),
  );

  it.each([quick.answerTimeoutMs / 4, quick.answerTimeoutMs * 2])(
    'is stored once when its answer is late: %d ms',
    (afterMs) =>
      onServer(async ({ server, store }) => {
        const append = appendTo(newStream());
        server.faults.next('append', { kind: 'late', afterMs });
        server.faults.next('read', { kind: 'late', afterMs });
        expect(await store.append(append)).toMatchObject({ revision: 1 });
        expect(idsOf(await collect(store.readStream(append.stream)))).toEqual(idsOf(append.events));
      })(),
  );

  it('waits for a server that is gone for a moment', () =>
    onServer(async ({ server, store }) => {
      await store.append(appendTo(newStream()));
      await server.stop();
      const waiting = Array.from({ length: 10 }, () => store.append(appendTo(newStream())));
      await server.listen();
      expect((await Promise.all(waiting)).map(({ revision }) => revision)).toEqual(waiting.map(() => 1));
      expect(await collect(store.readAll())).toHaveLength(22);
    })());

  it('fails when the server is gone for long, and succeeds when it is appended again later', () =>
    onServer(
      async ({ server, store }) => {
        const append = appendTo(newStream());
        await server.stop();
        await expect(store.append(append)).rejects.toThrow(StoreUnavailable);
        await expect(store.ready()).rejects.toThrow(StoreUnavailable);
        await server.listen();
        await eventually(() => store.ready().then(() => true));
        expect(await store.append(append)).toMatchObject({ revision: 1 });
      },
      { limits: { ...quick, giveUpAfterMs: 300 } },
    )());

  it('is a conflict as soon as the server says so, without another try', () =>
    onServer(async ({ store }) => {
      const append = appendTo(newStream());
      await store.append(append);
      await expect(store.append({ ...append, events: newEvents(1) })).rejects.toThrow(RevisionConflict);
    })());
});

describe('a read on EventStoreDB', () => {
  it('goes on where it was cut off, without an event missing or twice', () =>
    onServer(async ({ server, store }) => {
      const append = appendTo(newStream(), 120);
      await store.append(append);
      await store.append(appendTo(newStream(), 1));
      const ids = idsOf(append.events);
      for (const direction of ['forwards', 'backwards'] as const) {
        const expected = direction === 'forwards' ? ids : ids.toReversed();
        for (const afterEvents of [0, 7]) {
          server.faults.next('read', { kind: 'cut', afterEvents }, 3);
          expect(idsOf(await collect(store.readStream(append.stream, { direction })))).toEqual(expected);
        }
        await store.head();
        const all = store.readAll({ direction });
        await store.head();
        server.faults.next('read', { kind: 'cut', afterEvents: 9 }, 2);
        expect(idsOf(await collect(all)).filter((id) => ids.includes(id))).toEqual(expected);
        expect(server.faults.left('read')).toBe(0);
      }
    })());

  it('tells the operator when the server refuses it', () =>
    onServer(async ({ server, store }) => {
      server.faults.next('read', { kind: 'refused', error: rpcErrors.accessDenied() });
      await expect(collect(store.readAll())).rejects.toThrow('refuses the user name or password');
    })());
});

describe('following the log of EventStoreDB', () => {
  const restart = async (server: EventStoreDbServer) => {
    await server.stop();
    await server.listen();
  };

  it('goes on after the server was gone, without an event missing or twice', () =>
    onServer(
      async ({ server, store }) => {
        const follower = follow(store);
        await eventually(follower.isLive);
        for (let round = 0; round < 4; round += 1) {
          await store.append(appendTo(newStream(), 20));
          await restart(server);
        }
        await store.append(appendTo(newStream(), 1));
        await eventually(() => follower.events.length >= 81);
        await follower.stop();
        expect(idsOf(follower.events)).toEqual(idsOf(await collect(store.readAll())));
      },
      { limits: { ...quick, stallAfterMs: 60_000 } },
    )());

  it('goes on after it was cut off while it caught up', () =>
    onServer(
      async ({ server, store, reopen }) => {
        await store.append(appendTo(newStream('parcel'), 900));
        const again = await reopen();
        server.faults.next('subscribe', { kind: 'cut', afterEvents: 250 }, 3);
        const follower = follow(again, { pageSize: 100 });
        await eventually(() => follower.events.length >= 900);
        await follower.stop();
        expect(idsOf(follower.events)).toEqual(idsOf(await collect(again.readAll())));
        expect(server.faults.left('subscribe')).toBe(0);
      },
      { limits: { ...quick, stallAfterMs: 60_000 } },
    )());

  it('says so when the server is gone for long, and can be started again where it stood', () =>
    onServer(async ({ server, store }) => {
      const follower = follow(store);
      await eventually(follower.isLive);
      await server.stop();
      await expect(follower.ended).rejects.toThrow(StoreUnavailable);
      await server.listen();
      const { position } = await store.append(appendTo(newStream(), 3));
      const after = follower.pages.at(-1)?.position ?? 0;
      await eventually(async () => {
        const later = follow(store, { after });
        await Promise.race([eventually(() => later.pages.at(-1)?.position === position), later.ended]);
        await later.stop();
        expect(later.events).toHaveLength(3);
      });
    })());

  it.each([
    ['number', { maxRecentEvents: 20 }],
    ['size', { maxRecentCharacters: 10_000 }],
  ])('reads from the server what a slow follower missed, where the recent events are bounded by %s', (_by, limits) =>
    onServer(
      async ({ store }) => {
        const slow = store.subscribe({ after: 0, pageSize: 10, filter: { types: ['Kept'] } })[Symbol.asyncIterator]();
        await slow.next();
        const kept: string[] = [];
        for (let count = 0; count < 40; count += 1) {
          const event = newEvent('Kept');
          kept.push(event.id);
          await store.append({ stream: newStream(), expected: 'no_stream', events: [event, ...newEvents(4, 'Left')] });
        }
        const seen: string[] = [];
        while (seen.length < kept.length) seen.push(...idsOf((await slow.next()).value?.events ?? []));
        await slow.return?.();
        expect(seen).toEqual(kept);
      },
      { limits: { ...quick, ...limits } },
    )(),
  );
});
