import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '#lib/event-store';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { startChild } from '../support/event-store/start-child.js';
import { collect } from '../support/event-store/events.js';
import { eventually } from '../support/eventually.js';
import { killsOf } from '../support/kills.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const kills = killsOf(15);
const writers = 32;

describe('event store in SQLite: a killed process', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeAll(async () => {
    directory = await temporaryDirectory();
  });
  afterAll(() => directory.remove());

  it(`keeps every acknowledged event, once, through ${kills} kills at random moments`, async () => {
    const file = `${directory.path}/events.db`;
    const acknowledged: string[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
      const child = startChild('appender.child.js', [file, String(writers)]);
      // It appends from its first line on. The random wait varies what the kill interrupts: opening, appending, indexing, checkpoints.
      await eventually(() => child.lines.length > 0 || child.process.exitCode !== null, 30_000);
      await delay(Math.random() * 250);
      child.process.kill('SIGKILL');
      expect([await child.ended, child.errors()]).toEqual(['SIGKILL', '']);
      acknowledged.push(...child.lines.slice(1).filter(isWhole));
    }

    const store = await openSqliteEventStore({ file });
    const stored = await collect(store.readAll());
    expect(stored.map(({ position }) => position)).toEqual(stored.map((_, index) => index + 1));
    const lineOf = ({ stream, revision, position, id }: StoredEvent) => `${stream} ${revision} ${position} ${id}`;
    const lines = new Set(stored.map(lineOf));
    expect(acknowledged.length).toBeGreaterThan(kills * writers);
    expect(acknowledged.filter((line) => !lines.has(line))).toEqual([]);
    expect(new Set(stored.map(({ id }) => id)).size).toBe(stored.length);
    expect(await store.verify()).toEqual({ events: stored.length, lastPosition: stored.length, corrupt: [] });
    await store.close();
  }, 600_000);
});

/** The last line may be cut off by the kill. */
const isWhole = (line: string): boolean => /^\S+ \d+ \d+ [0-9a-f-]{36}$/.test(line);
