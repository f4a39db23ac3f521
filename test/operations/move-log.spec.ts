import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { passedOver, type EventStore, type StoredEvent } from '#lib/event-store';
import { openEventStoreDb } from '#lib/event-store/eventstoredb';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { openSqliteSagaProgress } from '#lib/saga-progress/sqlite';
import { compareLogs, copyLog } from '../../src/operations/migrate-stores/log-copy.js';
import { MoveRefused } from '../../src/operations/migrate-stores/move-refused.js';
import { loadAll, positionsIn, replaceProgress } from '../../src/operations/migrate-stores/saga-move.js';
import { placeOf } from '../../src/platform/log-place.js';
import { collect, newEvent, newEvents, newStream } from '../support/event-store/events.js';
import { EventStoreDbServer } from '../support/eventstoredb-server/index.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const silent = (): void => {};

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let server: EventStoreDbServer;
let file: EventStore;
let onServer: EventStore;

beforeEach(async () => {
  directory = await temporaryDirectory();
  server = await EventStoreDbServer.start();
  file = await openSqliteEventStore({ file: join(directory.path, 'events.db') });
  onServer = await openEventStoreDb({ url: server.url, namespace: 'here.' });
  const streams = Array.from({ length: 7 }, () => newStream());
  for (let round = 0; round < 20; round += 1) {
    const stream = streams[(round * round) % streams.length] ?? '';
    await file.append({ stream, expected: 'any', events: newEvents(1 + (round % 3)) });
  }
});

afterEach(async () => {
  await file.close();
  await onServer.close();
  await server.stop();
  await directory.remove();
});

describe('a log that is copied to a server and back', () => {
  it('has the same events in the same order there, and here again', async () => {
    await copyLog(file, onServer, silent);
    const there = await compareLogs(file, onServer, [], silent);
    const again = await openSqliteEventStore({ file: join(directory.path, 'again.db') });
    await copyLog(onServer, again, silent);
    const here = await compareLogs(onServer, again, [], silent);
    expect(here).toEqual(there);
    expect(await collect(again.readAll())).toEqual(await collect(file.readAll()));
    await again.close();
  });

  it('fits into the appends that the server takes, counted in bytes', async () => {
    const stream = newStream();
    for (let count = 0; count < 8; count += 1)
      await file.append({ stream, expected: 'any', events: [newEvent('NoteTaken', { text: 'ж'.repeat(150_000) })] });
    await copyLog(file, onServer, silent);
    expect((await compareLogs(file, onServer, [], silent)).events).toBe(await file.head());
  });

  it('names an event that the server never takes, and goes on from there', async () => {
    const tooLarge = newEvent('NoteTaken', { text: 'ж'.repeat(600_000) });
    const stream = newStream();
    await file.append({ stream, expected: 'no_stream', events: [tooLarge] });
    const refusal = copyLog(file, onServer, silent);
    await expect(refusal).rejects.toThrow(`event ${await file.head()} (${tooLarge.type} of ${stream}`);
    await expect(refusal).rejects.toThrow(MoveRefused);
    expect((await collect(onServer.readAll())).length).toBe((await file.head()) - 1);
  });

  it('goes on where an earlier copy ended', async () => {
    await copyLog(file, onServer, silent);
    const before = server.log.records.length;
    await file.append({ stream: newStream(), expected: 'any', events: newEvents(3) });
    await copyLog(file, onServer, silent);
    expect(server.log.records.length).toBe(before + 3);
    expect((await compareLogs(file, onServer, [], silent)).events).toBe(await file.head());
  });

  it.each([
    ['is another one', async () => onServer.append({ stream: newStream(), expected: 'any', events: [newEvent()] })],
    [
      'goes on differently',
      async () => {
        await copyLog(file, onServer, silent);
        await onServer.append({ stream: newStream(), expected: 'any', events: [newEvent()] });
      },
    ],
  ])('is not mixed with a target that %s', async (_which, fill) => {
    await fill();
    const before = server.log.records.length;
    await expect(copyLog(file, onServer, silent)).rejects.toThrow(/another/);
    expect(server.log.records.length).toBe(before);
  });

  const damageFifth = async (): Promise<StoredEvent> => {
    const event = (await collect(file.readAll()))[4];
    await file.close();
    const db = new Database(join(directory.path, 'events.db'));
    db.exec(`UPDATE events SET data = '{}' WHERE position = 5`);
    db.close();
    file = await openSqliteEventStore({ file: join(directory.path, 'events.db') });
    return event!;
  };

  it('is not copied with an event that is damaged, which is named', async () => {
    await damageFifth();
    await expect(copyLog(file, onServer, silent)).rejects.toThrow(/Event 5 is damaged.*pass-over 5/);
  });

  it('keeps the place of a damaged event that is passed over, there and back', async () => {
    const { stream, revision } = await damageFifth();
    file.passOver(5);
    await copyLog(file, onServer, silent);
    await copyLog(file, onServer, silent); // again, as after a crash
    const there = await compareLogs(file, onServer, [4, 5, 6], silent);
    expect(there.events).toBe(await file.head());
    const of = async (store: EventStore) =>
      (await collect(store.readStream(stream))).map(({ type, revision: at }) => [type, at]);
    expect(await of(onServer)).toEqual(await of(file));
    expect(await of(onServer)).toContainEqual([passedOver, revision]);
    const next = { stream, expected: (await of(file)).length - 1, events: [newEvent()] };
    await onServer.append(next);
    const again = await openSqliteEventStore({ file: join(directory.path, 'again.db') });
    await copyLog(onServer, again, silent);
    await compareLogs(onServer, again, [], silent);
    expect((await again.verify()).corrupt).toEqual([]);
    expect(await of(again)).toEqual(await of(onServer));
    await again.close();
  });
});

describe('the progress of sagas', () => {
  it('counts in the positions of the copy, parked events included, and knows where its log is', async () => {
    const sagas = join(directory.path, 'sagas.db');
    const progress = await openSqliteSagaProgress({ file: sagas });
    const head = await file.head();
    const all = await collect(file.readAll());
    const parked = { eventType: 'x', key: 'k', error: 'no', attempts: 3, parkedAt: '2026-01-01T00:00:00.000Z' };
    const parkedAt = (position: number) => {
      const { id: eventId = '', stream = '' } = all[position - 1] ?? {};
      return { ...parked, position, eventId, stream };
    };
    await progress.record({ saga: 'behind', checkpoint: 9, park: [parkedAt(4), parkedAt(9)] });
    await progress.record({ saga: 'done', checkpoint: head });
    await progress.record({ saga: 'at the beginning', checkpoint: 0 });
    const names = ['behind', 'done', 'at the beginning', 'new'];
    const before = await loadAll(progress, names);
    expect(await placeOf(progress, names)).toBe('file');
    await progress.close();

    await copyLog(file, onServer, silent);
    const { positions } = await compareLogs(file, onServer, positionsIn(before), silent);
    await replaceProgress(sagas, before, { positions, place: 'server' });
    const moved = await openSqliteSagaProgress({ file: sagas });
    const there = await collect(onServer.readAll());
    const at = (position: number): number => there[position - 1]?.position ?? -1;
    expect(await loadAll(moved, names)).toEqual(
      new Map([
        ['behind', { checkpoint: at(9), parked: [4, 9].map((one) => ({ ...parkedAt(one), position: at(one) })) }],
        ['done', { checkpoint: at(head), parked: [] }],
        ['at the beginning', { checkpoint: 0, parked: [] }],
        ['new', { checkpoint: undefined, parked: [] }],
      ]),
    );
    expect(await placeOf(moved, names)).toBe('server');
    await moved.close();
  });
});
