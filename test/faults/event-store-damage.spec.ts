import { closeSync, openSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CorruptEvent, passedOver, StoreUnavailable, type EventStore } from '#lib/event-store';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { startChild } from '../support/event-store/start-child.js';
import { collect, newEvents } from '../support/event-store/events.js';
import { sqliteStoreFixture } from '../support/event-store/sqlite-fixture.js';
import { eventually } from '../support/eventually.js';

const count = 200;

describe('event store in SQLite: damage', () => {
  let fixture: Awaited<ReturnType<typeof sqliteStoreFixture>>;
  beforeEach(async () => {
    fixture = await sqliteStoreFixture();
    await fixture.store.append({ stream: 'a-1', expected: 'any', events: newEvents(count) });
    await fixture.store.verify();
  });
  afterEach(() => fixture.remove());

  /** Changes the file while the store is closed, and opens it. */
  const damaged = async (change: (db: Database.Database) => void): Promise<EventStore> => {
    await fixture.store.close();
    const db = new Database(fixture.file);
    change(db);
    db.close();
    return fixture.reopen();
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
    ['changed data', `UPDATE events SET data = replace(data, '99', '98') WHERE position = 100`, /checksum/],
    ['a changed type', `UPDATE events SET type = 'Other' WHERE position = 100`, /checksum/],
    ['a changed time', `UPDATE events SET recorded_at = recorded_at + 1 WHERE position = 100`, /checksum/],
    ['a missing event', `DELETE FROM events WHERE position = 100`, /missing/],
  ];
  it.each(changes)('finds %s, and returns no event after it', async (_what, sql, problem) => {
    const store = await damaged((db) => db.exec(sql));
    expect(await readUntilError(store)).toEqual(Array.from({ length: 99 }, (_, index) => index + 1));
    await expect(collect(store.readStream('a-1'))).rejects.toMatchObject({ position: 100 });
    await expect(collect(store.subscribe({ after: 90 }))).rejects.toThrow(CorruptEvent);
    const damage = { position: 100, problem: expect.stringMatching(problem) };
    expect((await store.verify()).corrupt).toContainEqual(damage);
    expect((await store.verifyPart({ after: 50, limit: 1000 })).corrupt).toContainEqual(damage);
    expect((await store.verifyPart({ after: 100, limit: 1000 })).corrupt).toEqual([]);
  });

  it.each(changes)(
    'reads on after %s, once it is passed over, with an empty event in its place',
    async (_what, sql, problem) => {
      const store = await damaged((db) => db.exec(sql));
      await readUntilError(store);
      expect(store.damaged()).toEqual([{ position: 100, problem: expect.stringMatching(problem) }]);
      store.passOver(100);
      expect(store.damaged()).toEqual([]);
      const all = await collect(store.readAll());
      expect(all.map(({ position }) => position)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
      expect(all.filter(({ type }) => type === passedOver).map(({ position, data }) => ({ position, data }))).toEqual([
        { position: 100, data: {} },
      ]);
      const stream = await collect(store.readStream('a-1', { direction: 'backwards' }));
      expect(stream.map(({ revision, stream }) => [stream, revision])).toEqual(
        Array.from({ length: count }, (_, index) => ['a-1', count - 1 - index]),
      );
      expect(await collect(store.readAll({ from: 100, limit: 1 }))).toMatchObject([{ type: passedOver }]);
      const { type } = all[0]!;
      const filtered = await collect(store.readAll({ filter: { categories: ['a'], types: [type] } }));
      expect(filtered.filter((event) => event.type === type).length).toBe(
        all.filter((event) => event.type === type).length,
      );
      expect((await store.verify()).corrupt).toContainEqual({ position: 100, problem: expect.stringMatching(problem) });
    },
  );

  it('reads an event that is intact as it is, though it is passed over', async () => {
    fixture.store.passOver(100);
    expect((await collect(fixture.store.readAll())).map(({ type }) => type)).not.toContain(passedOver);
  });

  const indexes: readonly [string, string][] = [
    ['streams', `UPDATE by_stream SET position = 7 WHERE revision = 150`],
    ['ids', `DELETE FROM by_id WHERE revision = 150`],
    ['types', `DELETE FROM by_kind WHERE position = 151`],
  ];
  it.each(indexes)('finds an index of %s that does not point to an event', async (_what, sql) => {
    const store = await damaged((db) => db.exec(sql));
    const { corrupt } = await store.verify();
    expect(corrupt).toContainEqual({ position: 151, problem: expect.stringMatching(/does not point/) });
  });

  it('rejects an index entry that points to another event', async () => {
    const store = await damaged((db) => db.exec(`UPDATE by_stream SET position = 7 WHERE revision = 150`));
    await expect(collect(store.readStream('a-1', { from: 140 }))).rejects.toThrow(CorruptEvent);
  });

  it('lists at most a hundred defects', async () => {
    const store = await damaged((db) => db.exec(`UPDATE events SET data = '{}'`));
    const { corrupt, events } = await store.verify();
    expect(corrupt).toHaveLength(100);
    expect(events).toBe(count);
  });

  it('reports a file with overwritten pages as corrupt', async () => {
    await fixture.store.close();
    const descriptor = openSync(fixture.file, 'r+');
    for (let page = 1; page < 30; page += 1) writeSync(descriptor, Buffer.alloc(3000, 0xa5), 0, 3000, page * 4096);
    closeSync(descriptor);
    const error = { name: StoreUnavailable.name, reason: 'corrupt' };
    await expect(fixture.reopen()).rejects.toMatchObject(error);
  });

  it('reports a file that is not a database as corrupt', async () => {
    await fixture.store.close();
    const descriptor = openSync(fixture.file, 'r+');
    writeSync(descriptor, Buffer.alloc(100, 0xa5), 0, 100, 0);
    closeSync(descriptor);
    await expect(fixture.reopen()).rejects.toMatchObject({ name: StoreUnavailable.name, reason: 'corrupt' });
  });

  it('does not open a log with a gap among its last events', async () => {
    await fixture.store.append({ stream: 'a-1', expected: 'any', events: newEvents(10) });
    const opening = damaged((db) => db.exec('DELETE FROM events WHERE position = 205'));
    await expect(opening).rejects.toMatchObject({ name: StoreUnavailable.name, reason: 'corrupt' });
  });

  it('rejects a file of a newer version of the program', async () => {
    const opening = damaged((db) => db.pragma('user_version = 99'));
    await expect(opening).rejects.toMatchObject({ name: 'NewerSchema' });
  });
});

describe('event store in SQLite: the owner', () => {
  it('is one process: a second one fails at once, and can open the file when the first is killed', async () => {
    const fixture = await sqliteStoreFixture();
    await fixture.store.close();
    const owner = startChild('appender.child.js', [fixture.file, '4']);
    await eventually(() => owner.lines.length > 0, 30_000);
    await expect(fixture.reopen()).rejects.toMatchObject({ name: StoreUnavailable.name, reason: 'owned' });
    owner.process.kill('SIGKILL');
    await owner.ended;
    const store = await fixture.reopen();
    await store.ready();
    await fixture.remove();
  });

  it('is one store within a process, too', async () => {
    const fixture = await sqliteStoreFixture();
    const second = openSqliteEventStore({ file: fixture.file });
    await expect(second).rejects.toMatchObject({ name: StoreUnavailable.name, reason: 'owned' });
    await fixture.store.append({ stream: 'a-1', expected: 'no_stream', events: newEvents(1) });
    await fixture.remove();
  });
});
