import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { appendFile, cp, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MessagesClient } from '../support/messages-client.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Waybill } from '../support/waybill.js';

const run = promisify(execFile);

/** What `npm run backup` and `npm run restore` run once the service is built. */
const operator = (data: string, ...args: readonly string[]) =>
  run(process.execPath, ['dist/app/operator.js', ...args], {
    env: { PATH: process.env['PATH'], WAYBILL_DATA_DIR: data },
  });

const refused = (data: string, ...args: readonly string[]): Promise<string> =>
  operator(data, ...args).then(
    ({ stdout }) => Promise.reject(new Error(`Not refused: ${stdout}`)),
    ({ stderr }: { readonly stderr: string }) => stderr,
  );

let waybill: Waybill;
let client: MessagesClient;
let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let backup: string;
let accepted: string[];
let mediaId: string;
const picture = 'An invoice, as plain text';

/** A data directory that has the master key, and nothing else. */
const newData = async (name: string): Promise<string> => {
  const data = join(temporary.path, name);
  await mkdir(data);
  await cp(join(waybill.dataDirectory, 'master.key'), join(data, 'master.key'));
  return data;
};

beforeAll(async () => {
  temporary = await temporaryDirectory();
  backup = join(temporary.path, 'backup');
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
  const customer = await waybill.sandbox.newPhone();
  accepted = [];
  const send = async (): Promise<void> => void accepted.push(await client.send(customer, `number ${accepted.length}`));
  for (let n = 0; n < 10; n += 1) await send();

  const upload = { headers: { 'content-type': 'text/plain' }, body: picture };
  mediaId = ((await client.call('POST /v1/media', upload)).body as { readonly id: string }).id;
  const before = accepted.length;
  const stopped = new AbortController();
  const sending = (async () => {
    while (!stopped.signal.aborted) {
      await send();
      await client.until(accepted.at(-1)!, 'sent');
    }
  })();
  await operator(waybill.dataDirectory, 'backup', backup);
  stopped.abort();
  await sending;
  accepted = accepted.slice(0, before);
}, 240_000);

afterAll(async () => {
  await waybill.end();
  await temporary.remove();
});

/** Who holds the lock counts, not that it is there. */
const left = async (data: string): Promise<readonly string[]> =>
  (await readdir(data)).filter((name) => name !== 'waybill.lock');

describe('a backup', () => {
  it('has every store but the views, for its owner only, and not the master key', async () => {
    expect((await readdir(backup)).sort()).toEqual(
      ['backup.json', 'credentials.db', 'events.db', 'media', 'requests.db', 'sagas.db', 'secrets.db'].sort(),
    );
    for (const file of await readdir(backup)) expect((await stat(join(backup, file))).mode & 0o077).toBe(0);
    expect((await stat(backup)).mode & 0o077).toBe(0);
  });

  it('is not made over another one', async () => {
    expect(await refused(waybill.dataDirectory, 'backup', backup)).toMatch(/exists already/);
  });

  it('is not made of a directory without data', async () => {
    expect(await refused(temporary.path, 'backup', join(temporary.path, 'none'))).toMatch(/nothing was copied/);
    expect(await readdir(temporary.path)).not.toContain('none');
  });

  it('is not restored over data', async () => {
    expect(await refused(waybill.dataDirectory, 'restore', backup)).toMatch(/is in the way/);
  });

  it('is not restored if it was changed', async () => {
    const changed = join(temporary.path, 'changed');
    await cp(backup, changed, { recursive: true });
    await appendFile(join(changed, 'events.db'), 'x');
    const data = await newData('from-changed');
    expect(await refused(data, 'restore', changed)).toMatch(/events\.db was changed/);
    expect(await left(data)).toEqual(['master.key']);
  });

  it('is not restored if a file of a user is damaged or missing', async () => {
    const changed = join(temporary.path, 'changed-media');
    await cp(backup, changed, { recursive: true });
    const [file] = (await readdir(join(changed, 'media'), { recursive: true, withFileTypes: true })).filter((each) =>
      each.isFile(),
    );
    const path = join(file!.parentPath, file!.name);
    const data = await newData('from-changed-media');
    await appendFile(path, 'x');
    expect(await refused(data, 'restore', changed)).toMatch(/was changed since the backup/);
    await rm(path);
    expect(await refused(data, 'restore', changed)).toMatch(/has 0 of 1 files/);
    expect(await left(data)).toEqual(['master.key']);
  });

  it('is not restored without the master key, and nothing is left behind', async () => {
    const data = join(temporary.path, 'keyless');
    expect(await refused(data, 'restore', backup)).toMatch(/master key is missing/);
    expect(await left(data)).toEqual([]);
  });

  it('that was made while messages were accepted is restored: with accounts, keys, messages and linked sessions', async () => {
    const data = await newData('restored');
    const { stdout } = await operator(data, 'restore', backup);
    expect(stdout).toMatch(/\d+ events[^]*All were checked/);
    await waybill.shutDown();
    await waybill.boot(data);
    await waybill.admin('POST /v1/admin/system/resume', { body: { queued: 'send' } });
    await waybill.until(client.session.user, client.session.id, { status: 'connected' });
    for (const id of accepted) await client.until(id, 'sent');
    const file = await client.call(`GET /v1/media/${mediaId}`);
    expect([file.status, file.text]).toEqual([200, picture]);
  }, 240_000);
});
