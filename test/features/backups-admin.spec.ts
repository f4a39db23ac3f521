import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { cp, mkdir, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { newAgeKey } from '../support/age-keys.js';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { operator } from '../support/operator.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Waybill } from '../support/waybill.js';

type BackupBody = {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly archive: string | null;
};
type JobBody = {
  readonly running: unknown;
  readonly lastRun: { readonly outcome: string; readonly result: object; readonly error: string | null } | null;
};

let waybill: Waybill;
let client: MessagesClient;
let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let place: string;
let variables: NodeJS.ProcessEnv;

const patience = 60_000;
const make = (headers = {}) => waybill.admin('POST /v1/admin/backups', { headers });
const get = async (id: string) => (await waybill.admin(`GET /v1/admin/backups/${id}`)).body as BackupBody;
const ended = (id: string): Promise<BackupBody> =>
  eventually(async () => {
    const backup = await get(id);
    return backup.status !== 'running' && backup;
  }, patience);
const job = async (name: string) => (await waybill.admin(`GET /v1/admin/jobs/${name}`)).body as JobBody;
const idle = (name: string) => eventually(async () => (await job(name)).running === null, patience);
const list = async () =>
  ((await waybill.admin('GET /v1/admin/backups')).body as { readonly data: readonly BackupBody[] }).data;
const scratch = () => readdir(join(waybill.dataDirectory, 'backing-up'));

beforeAll(async () => {
  temporary = await temporaryDirectory();
  place = join(temporary.path, 'backups');
  const key = await newAgeKey(temporary.path);
  variables = {
    WAYBILL_BACKUP_TO: place,
    WAYBILL_BACKUP_RECIPIENT: key.recipient,
    WAYBILL_BACKUP_IDENTITY: key.file,
  };
  waybill = await Waybill.start(variables);
  client = await MessagesClient.link(waybill);
}, 240_000);

afterAll(async () => {
  await waybill.end();
  await temporary.remove();
});

it('a backup is made at the word of an admin, one at a time, while messages go on', async () => {
  const friend = await waybill.sandbox.newPhone();
  const key = { 'idempotency-key': 'first' };
  const answer = await make(key);
  expect(answer).toMatchObject({ status: 202, body: { status: 'running' } });
  const { id } = answer.body as BackupBody;
  expect(answer.headers['location']).toBe(`/v1/admin/backups/${id}`);
  expect((await make()).body).toMatchObject({ code: 'backup_running' });
  const message = await client.send(friend, 'meanwhile');
  await client.until(message, 'delivered');
  const backup = await ended(id);
  const again = await make(key);
  expect([again.text, again.headers['idempotent-replayed']]).toEqual([answer.text, 'true']);
  expect(backup).toMatchObject({ status: 'completed', verified: 'opened', reason: null, damaged: 0 });
  expect(await readdir(place)).toContain(backup.archive);
  expect(await scratch()).toEqual([]);
  expect((await list()).map((one) => one.id)).toEqual([id]);
  await idle('backup');
  expect((await job('backup')).lastRun).toMatchObject({ outcome: 'succeeded', result: { backupId: id } });
  expect((await client.call('GET /v1/limits')).status).toBe(200);
  expect((await client.call('POST /v1/admin/backups')).status).toBe(401);
}, 180_000);

it('the newest backup is drilled', async () => {
  await waybill.admin('POST /v1/admin/jobs/restore-drill/run');
  await eventually(async () => (await job('restore-drill')).lastRun !== null, patience);
  expect((await job('restore-drill')).lastRun).toMatchObject({ outcome: 'succeeded', result: { restored: true } });
  expect(await readdir(waybill.dataDirectory)).not.toContain('restore-drill');
}, 120_000);

it('a copy knows the backup that it was restored from as made, and takes none for one that is running', async () => {
  const [backup] = await list();
  const restored = async (name: string, from: string): Promise<readonly string[]> => {
    const data = join(temporary.path, name);
    await mkdir(data);
    await cp(join(waybill.dataDirectory, 'master.key'), join(data, 'master.key'));
    await operator({ WAYBILL_DATA_DIR: data, ...variables }, 'restore', '--from', from);
    const log = await openSqliteEventStore({ file: join(data, 'events.db') });
    try {
      const types: string[] = [];
      for await (const { type, data } of log.readStream('backups-all'))
        if ((data as { readonly backupId?: string }).backupId === backup!.id) types.push(type);
      return types;
    } finally {
      await log.close();
    }
  };
  expect(await restored('copy', place)).toEqual(['BackupRequested', 'BackupMade']);
  // A file that is named alone has no description here; the job `backup-list` finds the backup where it is in its place.
  expect(await restored('copy-of-file', join(place, backup!.archive!))).toEqual(['BackupRequested', 'BackupLeft']);
}, 120_000);

it('a backup of the command line is listed as soon as the place is looked at', async () => {
  const before = (await list()).map((one) => one.id);
  await operator({ WAYBILL_DATA_DIR: waybill.dataDirectory, ...variables }, 'backup');
  await waybill.admin('POST /v1/admin/jobs/backup-list/run');
  const [made] = await eventually(async () => {
    const others = (await list()).filter(({ id }) => !before.includes(id));
    return others.length > 0 && others;
  }, patience);
  expect(made).toMatchObject({ status: 'completed', reason: null, verified: 'opened', endedAt: null });
  expect(await readdir(place)).toContain(made!.archive);
  expect(await get(made!.id)).toEqual(made);
  await idle('backup-list');
}, 120_000);

it('backups on a disk that is not mounted are not called removed: the look at them fails, and makes nothing', async () => {
  const before = await list();
  await rename(place, `${place}.away`);
  await waybill.admin('POST /v1/admin/jobs/backup-list/run');
  const failed = await eventually(async () => {
    const { running, lastRun } = await job('backup-list');
    return running === null && lastRun?.outcome === 'failed' && lastRun;
  }, patience);
  expect(failed.error).toMatch(/^No backup is in WAYBILL_BACKUP_TO, and 2 should be/);
  expect(await list()).toEqual(before);
  expect(await readdir(temporary.path)).not.toContain('backups');
  await rename(`${place}.away`, place);
  await waybill.admin('POST /v1/admin/jobs/backup-list/run');
  await eventually(async () => (await job('backup-list')).lastRun?.outcome === 'succeeded', patience);
}, 120_000);

it('a backup that fails is told, and leaves nothing', async () => {
  await rename(place, `${place}.away`);
  await writeFile(place, '');
  const { id } = (await make()).body as BackupBody;
  expect(await ended(id)).toMatchObject({ status: 'failed', reason: expect.stringMatching(/cannot be written/) });
  await idle('backup');
  expect(await scratch()).toEqual([]);
  const { status, body } = await waybill.call('GET /health/ready');
  const detail = expect.stringMatching(/^The last backup failed at \S+: GET \/v1\/admin\/backups says why$/); // no reason: it is public
  expect([status, body]).toEqual([
    200,
    expect.objectContaining({ parts: expect.objectContaining({ backups: { status: 'up', detail } }) }),
  ]);
  await rename(place, `${place}.file`);
  await rename(`${place}.away`, place);
}, 120_000);

it('a backup is made also where older ones cannot be removed, and what is not there any more is listed as removed', async () => {
  const [archive] = (await readdir(place)).filter((name) => name.endsWith('.age'));
  const [before] = (await list()).filter((one) => one.archive === archive);
  const [stuck, longAgo] = [join(place, 'stuck.partial'), new Date('2026-01-01T00:00:00.000Z')];
  await mkdir(stuck);
  await utimes(stuck, longAgo, longAgo);
  await rm(join(place, archive!));
  const { id } = (await make()).body as BackupBody;
  expect(await ended(id)).toMatchObject({ status: 'completed', reason: null });
  await idle('backup');
  expect((await job('backup')).lastRun).toMatchObject({ outcome: 'failed' });
  expect((await get(before!.id)).status).toBe('completed');
  await rm(stuck, { recursive: true });
  const next = (await make()).body as BackupBody;
  await ended(next.id);
  await idle('backup');
  expect((await get(before!.id)).status).toBe('removed');
  expect((await get(id)).status).toBe('completed');
}, 180_000);

it('a backup that was cut off by a kill is made afterwards, under its id', async () => {
  const { id } = (await make()).body as BackupBody;
  await waybill.kill();
  await waybill.boot();
  expect((await get(id)).status).toBe('running');
  await waybill.admin('POST /v1/admin/jobs/backup/run');
  expect(await ended(id)).toMatchObject({ status: 'completed' });
  await idle('backup');
  expect(await scratch()).toEqual([]);
  expect((await waybill.call('GET /health/ready')).body).not.toMatchObject({ parts: { backups: {} } });
}, 180_000);
