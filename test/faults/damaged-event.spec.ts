import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../support/eventually.js';
import { startHttp, type HttpService } from '../support/http.js';
import { startService } from '../support/service.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService | undefined;
/** Of the first owner: a login costs CPU time. */
let token: Promise<string> | undefined;

beforeEach(async () => {
  directory = await temporaryDirectory();
  token = undefined;
  service = await startHttp(directory.path);
});

afterEach(async () => {
  await service?.app.close();
  await directory.remove();
});

const running = (): HttpService => service!;
const asOwner = async (route: string, body?: unknown) =>
  running().call(route, { token: await (token ??= running().logIn()), ...(body !== undefined && { body }) });

const stop = async (): Promise<void> => {
  await service?.app.close();
  service = undefined;
};

/** Changes the data of the first event of a type on the disk, while the service is stopped. Answers its position. */
const damage = (type: string): number => {
  const db = new Database(join(directory.path, 'events.db'));
  const position = Number(db.prepare('SELECT min(position) FROM events WHERE type = ?').pluck().get(type));
  db.prepare(`UPDATE events SET data = '{"lost":true}' WHERE position = ?`).run(position);
  db.close();
  return position;
};

/** The same for the first event of all, by which a log is recognized. */
const damageFirst = (): number => {
  const db = new Database(join(directory.path, 'events.db'));
  db.exec(`UPDATE events SET data = '{"lost":true}' WHERE position = 1`);
  db.close();
  return 1;
};

const newUser = async (name: string): Promise<string> =>
  ((await asOwner('POST /v1/admin/users', { name, email: `${name}@example.com` })).body as { readonly id: string }).id;

const userNames = async () =>
  ((await asOwner('GET /v1/admin/users')).body as { readonly data: readonly { readonly name: string }[] }).data.map(
    ({ name }) => name,
  );

const usersView = async () =>
  ((await asOwner('GET /v1/admin/projections')).body.data as readonly Record<string, unknown>[]).find(
    ({ name }) => name === 'users',
  );

/** A user who was renamed: the renaming is damaged. */
const withDamagedRenaming = async (): Promise<number> => {
  const id = await newUser('ada');
  await asOwner(`PATCH /v1/admin/users/${id}`, { name: 'grace' });
  await newUser('bo');
  await stop();
  return damage('UserProfileChanged');
};

describe('one damaged event of the log', () => {
  it('is named by the rebuild that cannot read it, by the projections and by health; the old view is served', async () => {
    const position = await withDamagedRenaming();
    service = await startHttp(directory.path);
    const refused = await asOwner('POST /v1/admin/projections/users/rebuild');
    expect(refused).toMatchObject({ status: 409, body: { code: 'event_corrupt' } });
    expect(refused.text).toContain(`Event ${position} is corrupt`);
    expect((await usersView())?.['trouble']).toContain(`Event ${position} is corrupt`);
    expect((await running().call('GET /health/ready')).text).toContain(`Event ${position} is corrupt`);
    expect(await userNames()).toEqual(['bo', 'grace']);
    expect((await asOwner('GET /v1/admin/damaged-events')).body.data).toEqual([
      { position, problem: 'its checksum does not match', passedOver: null },
    ]);
  });

  it('is passed over on record, and then lists answer without it', async () => {
    const position = await withDamagedRenaming();
    for (const file of ['views.db', 'views.db-wal', 'views.db-shm'])
      await rm(join(directory.path, file), { force: true });
    service = await startHttp(directory.path);
    await eventually(async () => (await usersView())?.['state'] === 'stalled');
    expect(await running().call('GET /health/ready')).toMatchObject({ status: 503 });
    expect((await running().call('GET /health/ready')).text).toContain(`Event ${position} is corrupt`);
    expect((await asOwner('GET /v1/admin/admins')).status).toBe(200);

    const passOver = `POST /v1/admin/damaged-events/${position}/pass-over`;
    expect((await asOwner(passOver, {})).status).toBe(400);
    expect((await asOwner(passOver, { reason: 'a bad sector' })).status).toBe(204);
    await eventually(async () => (await userNames()).length === 2);
    expect(await userNames()).toEqual(['bo', 'ada']);
    await eventually(async () => (await running().call('GET /health/ready')).status === 200);
    const { data } = (await asOwner('GET /v1/admin/streams/log-repairs')).body;
    expect(data).toMatchObject([
      {
        type: 'CorruptEventPassedOver',
        data: { position, reason: 'a bad sector' },
        metadata: { actor: { kind: 'admin' } },
      },
    ]);
    expect(await asOwner(passOver, { reason: 'again' })).toMatchObject({
      status: 422,
      body: { code: 'event_not_corrupt' },
    });

    await stop();
    service = await startHttp(directory.path);
    expect((await asOwner('POST /v1/admin/projections/users/rebuild')).status).toBe(202);
    expect((await asOwner('GET /v1/admin/damaged-events')).body.data).toMatchObject([
      { position, passedOver: { reason: 'a bad sector' } },
    ]);
  });

  it('keeps the service from starting if it decides who may call, with a sentence; the operator can pass it over', async () => {
    await newUser('ada');
    await stop();
    for (const position of [damageFirst(), damage('UserRegistered')]) {
      const refused = startService({ WAYBILL_DATA_DIR: directory.path });
      expect(await refused.ended()).toBe(1);
      const explained = new RegExp(`Event ${position} is corrupt.*npm run admin -- pass-over ${position}`);
      expect(refused.output()).toMatch(explained);
      expect(refused.output()).not.toMatch(/at .*\.js/);
      const words = ['dist/app/operator.js', 'admin', 'pass-over', String(position), 'a', 'bad', 'sector'];
      const env = { PATH: process.env['PATH'], WAYBILL_DATA_DIR: directory.path };
      expect((await promisify(execFile)(process.execPath, words, { env })).stdout).toContain('is passed over');
    }
    service = await startHttp(directory.path);
    const repair = { data: { reason: 'a bad sector' }, metadata: { actor: { kind: 'system', id: 'operator' } } };
    expect((await asOwner('GET /v1/admin/streams/log-repairs')).body.data).toMatchObject([repair, repair]);
  }, 180_000);
});
