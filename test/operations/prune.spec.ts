import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import type { BackupPlace } from '#lib/backup-places';
import { openBackupDirectory } from '#lib/backup-places/directory';
import type { Description } from '../../src/operations/backup/description.contract.js';
import { namesOf } from '../../src/operations/backup/description.js';
import { chooseBackup } from '../../src/operations/backup/fetch-backup.js';
import { prune } from '../../src/operations/backup/prune.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const now = new Date('2026-11-29T10:00:00.000Z');
const keep = { daily: 1, weekly: 0, monthly: 0 };

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let place: BackupPlace;

beforeEach(async () => {
  temporary = await temporaryDirectory();
  place = openBackupDirectory(temporary.path);
});
afterEach(() => temporary.remove());

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const put = async (name: string, text = 'archive'): Promise<string> => {
  await place.write(name, bytesOf(text));
  return name;
};

/** A backup as it lies in its place. Answers the names of its files. */
const backup = async (takenAt: string, more: Partial<Description> = {}): Promise<readonly string[]> => {
  const id = more.id ?? `${takenAt.slice(0, 10)}-0000`;
  const { archive, description } = namesOf(id, takenAt);
  const described: Description = {
    format: 1,
    id,
    takenAt,
    position: 10,
    events: 10,
    damaged: 0,
    archive,
    bytes: 'archive'.length,
    sha256: 'ab',
    holds: ['log'],
    media: { files: 0, bytes: 0 },
    verified: 'read',
    ...more,
  };
  return [await put(archive), await put(description, JSON.stringify(described))];
};

const left = async (): Promise<readonly string[]> => (await readdir(temporary.path)).sort();

it('what was left of a backup that was never described goes after a day, and nothing else does', async () => {
  const kept = [
    ...(await backup('2026-11-29T02:00:00.000Z')),
    await put(namesOf('00000001', '2026-11-28T10:00:01.000Z').archive), // it may still be written
    await put('waybill-notes.txt.age'),
    await put('other-2026-11-01T02-00-00-000Z-00000001.tar.gz.age'),
  ];
  await put(namesOf('00000002', '2026-11-28T09:59:59.000Z').archive);
  expect((await prune(place, { keep, log: 'ours', now })).removed).toEqual([]);
  expect(await left()).toEqual(kept.sort());
});

it('an archive with a description that is not understood stays', async () => {
  const { archive, description } = namesOf('00000003', '2026-10-01T02:00:00.000Z');
  const kept = [await put(archive), await put(description, '{"format": 2}')];
  await prune(place, { keep, log: 'ours', now });
  expect(await left()).toEqual(kept.sort());
});

it('the backups of another installation in the same place stay, and those of older versions go as one’s own', async () => {
  const kept = [
    ...(await backup('2026-11-28T02:00:00.000Z', { log: 'ours' })),
    ...(await backup('2026-11-01T02:00:00.000Z', { log: 'theirs' })),
  ];
  await backup('2026-11-26T02:00:00.000Z', { log: 'ours' });
  await backup('2026-11-25T02:00:00.000Z');
  const { removed, left: still } = await prune(place, { keep, log: 'ours', now });
  expect(removed.map(({ takenAt }) => takenAt.slice(0, 10)).sort()).toEqual(['2026-11-25', '2026-11-26']);
  expect(new Set(still.map(({ log }) => log))).toEqual(new Set(['ours', 'theirs']));
  expect(await left()).toEqual(kept.sort());
});

it('the newest backup is that of the log that is named, or of any', async () => {
  await backup('2026-11-28T02:00:00.000Z', { log: 'ours' });
  await backup('2026-11-29T02:00:00.000Z', { log: 'theirs' });
  expect(await chooseBackup(place, { log: 'ours' })).toMatchObject({ log: 'ours' });
  expect(await chooseBackup(place, {})).toMatchObject({ log: 'theirs' });
  await expect(chooseBackup(place, { log: 'of nobody' })).rejects.toThrow(/There is no backup/);
});
