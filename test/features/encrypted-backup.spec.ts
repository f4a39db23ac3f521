import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cp, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readRequestCounts } from '#lib/request-log/sqlite';
import { newAgeKey } from '../support/age-keys.js';
import { MessagesClient } from '../support/messages-client.js';
import { operator, refusedBy } from '../support/operator.js';
import { S3Server } from '../support/s3-server/server.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Waybill } from '../support/waybill.js';

type Description = {
  readonly id: string;
  readonly takenAt: string;
  readonly archive: string;
  readonly bytes: number;
  readonly events: number;
};

let waybill: Waybill;
let client: MessagesClient;
let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let key: Awaited<ReturnType<typeof newAgeKey>>;
let place: string;
let accepted: string[];
let mediaId: string;
const sentence = 'An invoice that nobody else may read';

const making = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  WAYBILL_DATA_DIR: waybill.dataDirectory,
  WAYBILL_BACKUP_TO: place,
  WAYBILL_BACKUP_RECIPIENT: key.recipient,
  ...more,
});
const described = async (directory = place): Promise<readonly Description[]> => {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(directory, name), 'utf8')) as Description),
  );
};

/** An empty data directory of another machine: it has the master key, and nothing else. */
const elsewhere = async (name: string): Promise<string> => {
  const data = join(temporary.path, name);
  await mkdir(data);
  await cp(join(waybill.dataDirectory, 'master.key'), join(data, 'master.key'));
  return data;
};

beforeAll(async () => {
  temporary = await temporaryDirectory();
  place = join(temporary.path, 'backups');
  key = await newAgeKey(temporary.path);
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
  const customer = await waybill.sandbox.newPhone();
  const upload = { headers: { 'content-type': 'text/plain' }, body: sentence };
  mediaId = ((await client.call('POST /v1/media', upload)).body as { readonly id: string }).id;
  accepted = [];
  const send = async (): Promise<void> =>
    void accepted.push(await client.send(customer, `${sentence} ${accepted.length}`));
  for (let n = 0; n < 10; n += 1) await send();
  const before = accepted.length;
  const stopped = new AbortController();
  const sending = (async () => {
    while (!stopped.signal.aborted) {
      await send();
      await client.until(accepted.at(-1)!, 'sent');
    }
  })();
  const { stdout } = await operator(making({ WAYBILL_BACKUP_MEDIA: 'true' }), 'backup');
  expect(stdout).toMatch(/is backed up in .*It was read again and compared/s);
  stopped.abort();
  await sending;
  for (const id of accepted) await client.until(id, 'sent'); // the original goes on, and loses nothing
  accepted = accepted.slice(0, before);
}, 240_000);

afterAll(async () => {
  await waybill.end();
  await temporary.remove();
});

describe('an encrypted backup', () => {
  it('is one file for its owner only, described beside it, and shows nothing of what is in it', async () => {
    const [made] = await described();
    expect((await readdir(place)).sort()).toEqual(
      [made!.archive, made!.archive.replace('.tar.gz.age', '.json')].sort(),
    );
    for (const file of ['', ...(await readdir(place))]) expect((await stat(join(place, file))).mode & 0o077).toBe(0);
    expect(made).toMatchObject({
      log: expect.stringMatching(/^[0-9a-f-]{36}$/),
      bytes: (await stat(join(place, made!.archive))).size,
      holds: ['log', 'sagas', 'vault', 'credentials', 'requestCounts', 'media'],
      media: { files: 1, bytes: sentence.length },
      verified: 'read',
      damaged: 0,
    });
    const bytes = await readFile(join(place, made!.archive));
    expect(bytes.includes(sentence) || bytes.includes('SQLite format')).toBe(false);
    expect(await readdir(join(waybill.dataDirectory, 'backing-up'))).toEqual([]);
  });

  it('is opened to be verified where the secret key is here', async () => {
    const { stdout } = await operator(making({ WAYBILL_BACKUP_IDENTITY: key.file }), 'backup');
    expect(stdout).toMatch(/It was opened and compared/);
    const [first, second] = await described();
    expect(second).toMatchObject({ verified: 'opened', media: { files: 0 } });
    expect(second!.events).toBeGreaterThan(first!.events);
  });

  it('is not made where it cannot be written, and nothing is left of it', async () => {
    const blocked = join(temporary.path, 'blocked');
    await writeFile(blocked, '');
    expect(await refusedBy(making({ WAYBILL_BACKUP_TO: blocked }), 'backup')).toMatch(/cannot be written/);
    expect(await refusedBy(making({ WAYBILL_BACKUP_RECIPIENT: 'age1nonsense' }), 'backup')).toMatch(/RECIPIENT/);
    expect(await readdir(join(waybill.dataDirectory, 'backing-up'))).toEqual([]);
  });

  it('is not restored with another key, or without one, and leaves nothing', async () => {
    const data = await elsewhere('wrong-key');
    const other = await newAgeKey(temporary.path, 'other.txt');
    const reading = { WAYBILL_DATA_DIR: data, WAYBILL_BACKUP_TO: place };
    expect(await refusedBy(reading, 'restore')).toMatch(/name the file with the secret key/);
    expect(await refusedBy(reading, 'restore', '--identity', other.file)).toMatch(/cannot be opened/);
    expect(
      await refusedBy({ WAYBILL_DATA_DIR: waybill.dataDirectory }, 'restore', place, '--identity', key.file),
    ).toMatch(/is in the way/);
    expect((await readdir(data)).sort()).toEqual(['master.key', 'waybill.lock']);
  });

  it('is not restored where it is damaged, or ends too early', async () => {
    const damaged = join(temporary.path, 'damaged');
    const [made] = await described();
    const file = join(damaged, made!.archive);
    for (const name of [made!.archive, made!.archive.replace('.tar.gz.age', '.json')])
      await cp(join(place, name), join(damaged, name));
    const data = await elsewhere('from-damaged');
    const bytes = await readFile(file);
    bytes[bytes.length - 1000]! ^= 1;
    await writeFile(file, bytes);
    const restore = (from: string) =>
      refusedBy({ WAYBILL_DATA_DIR: data }, 'restore', '--from', from, '--identity', key.file);
    expect(await restore(damaged)).toMatch(/cannot be opened/);
    await truncate(file, bytes.length - 70_000);
    expect(await restore(file)).toMatch(/cannot be opened/);
    expect(await restore(damaged)).toMatch(/There is no backup/);
    expect((await readdir(data)).sort()).toEqual(['master.key', 'waybill.lock']);
  });

  it('is drilled beside the service: restored, checked and removed', async () => {
    const drill = (...more: readonly string[]) => operator(making(), 'restore', '--drill', ...more);
    expect((await drill()).stdout).toMatch(/is as it was written/);
    expect((await drill('--identity', key.file)).stdout).toMatch(/events can be restored/);
    expect(await readdir(waybill.dataDirectory)).not.toContain('restore-drill');
  });

  it('is chosen by its time: the one that was made while messages were accepted is restored on another machine, and goes on there', async () => {
    const [made] = await described();
    const data = await elsewhere('restored');
    const from = ['--from', place, '--to', data, '--identity', key.file];
    const restore = (until: string) => operator({ WAYBILL_DATA_DIR: '/nowhere' }, 'restore', ...from, '--until', until);
    const oldest = expect.stringMatching(/oldest is of/);
    await expect(restore('2001-01-01T00:00:00Z')).rejects.toMatchObject({ stderr: oldest });
    const { stdout } = await restore(made!.takenAt);
    expect(stdout).toContain(`as it was at ${made!.takenAt}: ${made!.events} events`);
    expect(stdout).toMatch(/All were checked.*It is a copy/s);
    expect((await readdir(data)).sort()).toEqual(
      expect.arrayContaining(['credentials.db', 'events.db', 'master.key', 'media', 'sagas.db', 'secrets.db']),
    );
    let requests = 0;
    for await (const count of readRequestCounts(join(data, 'requests.db'))) requests += count.requests;
    expect(requests).toBeGreaterThan(0);
    await waybill.shutDown();
    await waybill.boot(data);
    const system = (await waybill.admin('GET /v1/admin/system')).body;
    expect(system).toMatchObject({ restored: { status: 'waiting', backupId: made!.id, takenAt: made!.takenAt } });
    await waybill.admin('POST /v1/admin/system/resume', { body: { queued: 'send' } });
    await waybill.until(client.session.user, client.session.id, { status: 'connected' });
    for (const id of accepted) await client.until(id, 'sent');
    const file = await client.call(`GET /v1/media/${mediaId}`);
    expect([file.status, file.text]).toEqual([200, sentence]);
  }, 240_000);
});

it('a bucket keeps backups as a directory does, and those that are too many go', async () => {
  const server = await S3Server.start();
  const { S3_BUCKET: _files, ...s3 } = server.variables();
  const variables = making({ ...s3, WAYBILL_BACKUP_TO: `s3://${server.bucket}/nightly` });
  const [first] = await described();
  const takenAt = '2020-01-01T00:00:00.000Z';
  const oldest = { ...first, takenAt, id: '00000001', archive: 'old.age', bytes: 3 };
  server.content.put('nightly/waybill-2020-01-01T00-00-00-000Z-00000001.json', Buffer.from(JSON.stringify(oldest)));
  server.content.put('nightly/old.age', Buffer.from('old'));
  const none = { WAYBILL_BACKUP_KEEP_DAILY: '0', WAYBILL_BACKUP_KEEP_WEEKLY: '0', WAYBILL_BACKUP_KEEP_MONTHLY: '0' };
  expect((await operator({ ...variables, ...none }, 'backup')).stdout).toMatch(/old\.age is no longer kept/);
  expect([...server.content.objects.keys()].filter((one) => one.endsWith('.age'))).toHaveLength(1);
  const data = await elsewhere('from-bucket');
  const { stdout } = await operator({ ...variables, WAYBILL_DATA_DIR: data }, 'restore', '--identity', key.file);
  expect(stdout).toMatch(/All were checked/);
  await server.stop();
}, 120_000);
