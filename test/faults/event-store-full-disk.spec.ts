import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { canMount, limitedFiles, smallDisk, type LimitedStore } from '../support/event-store/full-disk.js';

type Filled = { readonly stored: readonly { position: number }[]; readonly failure: object };

const directory = mkdtempSync(join(tmpdir(), 'waybill-full-'));
const unavailable = { name: 'StoreUnavailable', reason: expect.stringMatching(/^(disk_full|io)$/) };

/** Fills the disk, then makes room. */
const fillAndRecover = async (store: LimitedStore): Promise<void> => {
  const { stored, failure } = (await store.ask('fill')) as Filled;
  expect(stored.length).toBeGreaterThan(100);
  expect(failure).toMatchObject(unavailable);
  expect(await store.ask('ready')).toMatchObject({ failure: unavailable });
  expect(await store.ask('append')).toMatchObject({ failure: unavailable });
  // Exactly the acknowledged events can be read.
  expect(await store.ask('count')).toBe(stored.length);
  expect(stored.map(({ position }) => position).toSorted((a, b) => a - b)).toEqual(stored.map((_, index) => index + 1));

  store.makeRoom();
  await eventually(async () => expect(await store.ask('ready')).toEqual({ ready: true }));
  expect(await store.ask('append')).toMatchObject({ position: stored.length + 1 });
  expect(await store.ask('count')).toBe(stored.length + 1);
  expect(await store.ask('verify')).toMatchObject({ events: stored.length + 1, corrupt: [] });
};

describe('event store in SQLite: a full disk', () => {
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  // Only root can mount a file system; anyone can set limits.
  const disks: [string, () => LimitedStore][] = [['files cannot grow', () => limitedFiles(directory, 'limited.db')]];
  if (canMount(directory)) disks.push(['the file system is full', () => smallDisk(directory, 'events.db')]);
  it.each(disks)(
    'is reported if %s; no acknowledged event is lost, and the store recovers by itself',
    async (_what, open) => {
      const store = open();
      try {
        await expect(fillAndRecover(store)).resolves.toBeUndefined();
      } finally {
        await store.end();
      }
    },
    60_000,
  );
});
