import { closeSync, openSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CorruptEvent, StoreUnavailable, type EventStore } from '#lib/event-store';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { startChild } from '../support/event-store/start-child.js';
import { collect, newEvents } from '../support/event-store/events.js';
import { sqlitePlace } from '../support/event-store/sqlite-place.js';
import { eventually } from '../support/eventually.js';

const count = 200;

describe('event store in SQLite: damage', () => {
  let place: Awaited<ReturnType<typeof sqlitePlace>>;
  beforeEach(async () => {
    place = await sqlitePlace();
    await place.store.append({ stream: 'a-1', expected: 'any', events: newEvents(count) });
    await place.store.verify();
  });
  afterEach(() => place.remove());

  /** Changes the file while the store is closed. */
  const damaged = async (change: (db: Database.Database) => void): Promise<EventStore> => {
    await place.store.close();
    const db = new Database(place.file);
    change(db);
    db.close();
    return place.reopen();
  };

  const readUntilError = async (store: EventStore) => {
    const positions: number[] = [];
    const reading = (async () => {
      for await (const { position } of store.readAll()) positions.push(position);
    })();
    await expect(reading).rejects.toMatchObject({ name: CorruptEvent.name, position: 100 });
    return positions;
  };

  const changes: readonly [string, string, RegExp][] = [
    ['data that was changed', `UPDATE events SET data = replace(data, '99', '98') WHERE position = 100`, /checksum/],
    ['a type that was changed', `UPDATE events SET type = 'Other' WHERE position = 100`, /checksum/],
    ['a time that was changed', `UPDATE events SET recorded_at = recorded_at + 1 WHERE position = 100`, /checksum/],
    ['an event that was removed', `DELETE FROM events WHERE position = 100`, /missing/],
  ];
  it.each(changes)('finds %s, and passes nothing on behind it', async (_what, sql, problem) => {
    const store = await damaged((db) => db.exec(sql));
    expect(await readUntilError(store)).toEqual(Array.from({ length: 99 }, (_, index) => index + 1));
    await expect(collect(store.readStream('a-1'))).rejects.toMatchObject({ position: 100 });
    await expect(collect(store.subscribe({ after: 90 }))).rejects.toThrow(CorruptEvent);
    const { corrupt } = await store.verify();
    expect(corrupt).toContainEqual({ position: 100, problem: expect.stringMatching(problem) });
  });

  const indexes: readonly [string, string][] = [
    ['streams', `UPDATE by_stream SET position = 7 WHERE revision = 150`],
    ['ids', `DELETE FROM by_id WHERE revision = 150`],
    ['types', `DELETE FROM by_kind WHERE position = 151`],
  ];
  it.each(indexes)('finds an index of %s that does not lead to its event', async (_what, sql) => {
    const store = await damaged((db) => db.exec(sql));
    const { corrupt } = await store.verify();
    expect(corrupt).toContainEqual({ position: 151, problem: expect.stringMatching(/does not lead/) });
  });

  it('refuses an index entry that leads to another event', async () => {
    const store = await damaged((db) => db.exec(`UPDATE by_stream SET position = 7 WHERE revision = 150`));
    await expect(collect(store.readStream('a-1', { from: 140 }))).rejects.toThrow(CorruptEvent);
  });

  it('lists at most a hundred places', async () => {
    const store = await damaged((db) => db.exec(`UPDATE events SET data = '{}'`));
    const { corrupt, events } = await store.verify();
    expect(corrupt).toHaveLength(100);
    expect(events).toBe(count);
  });

  it('says that a file is damaged whose pages are overwritten', async () => {
    await place.store.close();
    const descriptor = openSync(place.file, 'r+');
    for (let page = 1; page < 30; page += 1) writeSync(descriptor, Buffer.alloc(3000, 0xa5), 0, 3000, page * 4096);
    closeSync(descriptor);
    const error = { name: StoreUnavailable.name, reason: 'corrupt' };
    await expect(place.reopen()).rejects.toMatchObject(error);
  });

  it('says that a file is damaged that is no database', async () => {
    await place.store.close();
    const descriptor = openSync(place.file, 'r+');
    writeSync(descriptor, Buffer.alloc(100, 0xa5), 0, 100, 0);
    closeSync(descriptor);
    await expect(place.reopen()).rejects.toMatchObject({ name: StoreUnavailable.name, reason: 'corrupt' });
  });

  it('does not go on where an event that was stored last is missing before others', async () => {
    await place.store.append({ stream: 'a-1', expected: 'any', events: newEvents(10) });
    const opening = damaged((db) => db.exec('DELETE FROM events WHERE position = 205'));
    await expect(opening).rejects.toMatchObject({ name: StoreUnavailable.name, reason: 'corrupt' });
  });

  it('refuses a file of a newer program', async () => {
    const opening = damaged((db) => db.pragma('user_version = 99'));
    await expect(opening).rejects.toMatchObject({ name: 'NewerSchema' });
  });
});

describe('event store in SQLite: the owner', () => {
  it('is one process: a second one hears of it at once, and takes over when the first is killed', async () => {
    const place = await sqlitePlace();
    await place.store.close();
    const owner = startChild('appender.child.js', [place.file, '4']);
    await eventually(() => owner.lines.length > 0, 30_000);
    await expect(place.reopen()).rejects.toMatchObject({ name: StoreUnavailable.name, reason: 'owned' });
    owner.process.kill('SIGKILL');
    await owner.ended;
    const store = await place.reopen();
    await store.ready();
    await place.remove();
  });

  it('is one opener within a process, too', async () => {
    const place = await sqlitePlace();
    const second = openSqliteEventStore({ file: place.file });
    await expect(second).rejects.toMatchObject({ name: StoreUnavailable.name, reason: 'owned' });
    await place.store.append({ stream: 'a-1', expected: 'no_stream', events: newEvents(1) });
    await place.remove();
  });
});
