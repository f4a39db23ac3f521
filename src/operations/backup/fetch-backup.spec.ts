import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackupDirectory } from '#lib/backup-places/directory';
import { namesOf } from './description.js';
import { chooseBackup } from './fetch-backup.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'backups-'));
});
afterAll(() => rm(directory, { recursive: true }));

const placed = async (id: string, log: string, position: number, takenAt: string): Promise<void> => {
  const { archive, description } = namesOf(id, takenAt);
  const counted = { events: position, damaged: 0, bytes: 3, media: { files: 0, bytes: 0 } };
  const made = { format: 1, id, log, takenAt, position, archive, sha256: 'ab', holds: ['log'], verified: 'read' };
  await writeFile(join(directory, archive), 'abc');
  await writeFile(join(directory, description), JSON.stringify({ ...made, ...counted }));
};

it('the newest backup is the one with the most of the log, although the clock was set back before it was made', async () => {
  const place = openBackupDirectory(directory);
  await placed('a-before', 'one', 100, '2026-11-29T02:00:00.000Z');
  await placed('b-after', 'one', 200, '2026-11-20T02:00:00.000Z');
  await placed('c-other', 'other', 900, '2026-11-10T02:00:00.000Z');
  const idOf = async (wanted: Parameters<typeof chooseBackup>[1]) => (await chooseBackup(place, wanted)).id;
  expect([await idOf({}), await idOf({ log: 'one' }), await idOf({ log: 'other' })]).toEqual([
    'b-after',
    'b-after',
    'c-other',
  ]);
  expect(await idOf({ until: '2026-11-15T00:00:00.000Z' })).toBe('c-other');
});
