import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MediaClient, sha256Of } from '../support/media-client.js';
import { MessagesClient } from '../support/messages-client.js';
import { ServiceClock } from '../support/service-clock.js';
import { Waybill, type TestUser } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

type Uploaded = { readonly id: string; readonly bytes: Buffer; readonly createdAt: string; readonly expiresAt: string };
type File = { readonly state: string; readonly reason?: string; readonly mediaId: string };

let clock: ServiceClock;
let waybill: Waybill;
let media: MediaClient;
let user: TestUser;

const start = async (variables: NodeJS.ProcessEnv): Promise<void> => {
  clock = await ServiceClock.create();
  waybill = await Waybill.start({ ...clock.variables, ...variables });
  user = await waybill.newUser();
  media = new MediaClient(waybill, user.key);
};
const end = async (): Promise<void> => {
  await waybill.end();
  await clock.remove();
};

const upload = async (bytes = randomBytes(1000), client = media): Promise<Uploaded> => {
  const { status, body } = await client.upload(bytes);
  expect(status).toBe(201);
  return { ...body, bytes };
};
const statusOf = async ({ id }: { readonly id: string }): Promise<number> => (await media.download(id)).status;

/** The hashes of the contents that are stored. */
const stored = async (): Promise<readonly string[]> =>
  (await readdir(join(waybill.dataDirectory, 'media'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('staged'))
    .map(({ name }) => name)
    .toSorted();
const hashesOf = (...files: readonly { readonly bytes: Buffer }[]) =>
  files.map(({ bytes }) => sha256Of(bytes)).toSorted();

/** The files are cleaned again and again. */
const whileTimePasses = <Result>(check: () => Promise<Result>): Promise<Exclude<Result, false>> =>
  clock.passUntil(check, 60_000);

describe('a file that is old', () => {
  let client: MessagesClient;
  let friend: SandboxPhone;
  let old: Uploaded;
  let sent: string;

  beforeAll(async () => {
    await start({});
    client = await MessagesClient.link(waybill, user);
    friend = await waybill.sandbox.newPhone();
  }, 240_000);
  afterAll(end);

  const post = (mediaId: string, more: object = {}) =>
    client.post({ to: `+${friend.number}`, type: 'document', document: { mediaId }, ...more });
  const accept = async (mediaId: string, more: object = {}): Promise<string> => {
    const { status, body } = await post(mediaId, more);
    expect(status).toBe(202);
    return body.id;
  };
  const fileOf = async (messageId: string): Promise<File> =>
    ((await client.get(messageId)) as unknown as { readonly document: File }).document;

  it('is there for thirty days, as the upload says; what a message still needs is there for longer', async () => {
    old = await upload();
    const [queued, scheduled, used] = [await upload(), await upload(), await upload()];
    expect(Date.parse(old.expiresAt) - Date.parse(old.createdAt)).toBe(30 * dayMs);
    sent = await accept(used.id);
    await client.until(sent, 'delivered');
    await waybill.call(`POST /v1/sessions/${client.session.id}/stop`, { key: user.key });
    const waiting = await accept(queued.id);
    await accept(scheduled.id, { scheduledAt: new Date(Date.now() + 200 * dayMs).toISOString() });

    await clock.shift(30 * dayMs - 60 * minuteMs);
    const young = await eventually(async () => {
      const file = await upload();
      return Date.parse(file.createdAt) > Date.parse(old.createdAt) + 29 * dayMs && file; // the service sees its clock a moment later
    });
    await clock.shift(30 * dayMs + minuteMs);
    await eventually(async () => (await statusOf(old)) === 410);
    await whileTimePasses(async () => (await stored()).length === 3);
    expect(await stored()).toEqual(hashesOf(queued, scheduled, young));
    expect(await Promise.all([queued, scheduled, young].map(statusOf))).toEqual([200, 200, 200]);

    await waybill.call(`POST /v1/sessions/${client.session.id}/restart`, { key: user.key });
    await client.until(waiting, 'delivered');
    const arrived = await waybill.sandbox.messages<{ readonly id: string; readonly media?: { sha256: string } }>(
      friend.number,
    );
    expect(arrived.map((message) => message.media?.sha256)).toContain(sha256Of(queued.bytes));
    await whileTimePasses(async () => (await stored()).length === 2);
    expect(await stored()).toEqual(hashesOf(scheduled, young));
  });

  it('is answered with 410, cannot be sent any more, and is unavailable in its messages', async () => {
    const answer = await waybill.call(`GET /v1/media/${old.id}`, { key: user.key });
    expect([answer.status, answer.body.code]).toEqual([410, 'media_cleaned']);
    const refused = await post(old.id);
    expect([refused.status, refused.body]).toEqual([422, expect.objectContaining({ code: 'media_not_found' })]);
    expect(await fileOf(sent)).toMatchObject({
      state: 'unavailable',
      reason: 'The file was removed because it was old',
    });
    const forwarded = await client.call(`POST /v1/messages/${sent}/forward`, { body: { to: `+${friend.number}` } });
    expect([forwarded.status, forwarded.body.code]).toEqual([422, 'media_not_found']);
    const { body: chats } = await client.call('GET /v1/chats');
    expect(chats.data).toMatchObject([{ lastMessage: { document: { state: 'unavailable' } } }]);
  });

  it('is there again once its content is uploaded again, under a new id, whether it was removed already or not', async () => {
    const [removed, cleaned] = [await upload(old.bytes), await upload()];
    expect(removed.id).not.toBe(old.id);
    await clock.shift(clock.shiftMs + 31 * dayMs);
    await eventually(async () => (await statusOf(cleaned)) === 410);
    const again = await upload(cleaned.bytes);
    await whileTimePasses(async () => !(await stored()).includes(sha256Of(old.bytes)));
    expect(await stored()).toContain(sha256Of(again.bytes));
    expect((await media.download(again.id)).bytes).toEqual(again.bytes);
    expect(await statusOf(cleaned)).toBe(410);
  });

  it('that somebody sent is unavailable in its message, too', async () => {
    const bytes = randomBytes(2000);
    const body = { data: bytes.toString('base64'), fileName: 'a.bin' };
    const from = `POST /phones/${friend.number}/messages`;
    await waybill.sandbox.ask(from, { to: client.session.phone.number, type: 'document', document: body });
    const received = async () => {
      const { body: page } = await client.list({ direction: 'incoming', type: 'document' });
      return (page as { readonly data: readonly { readonly document: File }[] }).data[0]?.document;
    };
    const file = await eventually(async () => {
      const found = await received();
      return found?.state === 'ready' && found;
    });
    expect((await media.download(file.mediaId)).bytes).toEqual(bytes);
    await clock.shift(clock.shiftMs + 31 * dayMs);
    await eventually(async () => (await statusOf({ id: file.mediaId })) === 410);
    await eventually(async () => (await received())?.state === 'unavailable');
    expect(await received()).toMatchObject({
      mediaId: file.mediaId,
      reason: 'The file was removed because it was old',
    });
  });
});

describe('files that take more room than they may have', () => {
  beforeAll(() => start({ WAYBILL_MEDIA_DAYS: '0', WAYBILL_MEDIA_BYTES: '250000' }), 240_000);
  afterAll(end);

  it('go, the oldest first, until the others fit: a content counts once', async () => {
    const files: Uploaded[] = [];
    for (let index = 0; index < 4; index += 1) files.push(await upload(randomBytes(100_000)));
    const [first, second, third, fourth] = files as [Uploaded, Uploaded, Uploaded, Uploaded];
    const same = await upload(second.bytes);
    expect(first.expiresAt).toBeNull();
    await whileTimePasses(async () => (await stored()).length === 2);
    expect(await stored()).toEqual(hashesOf(fourth, same));
    expect(await Promise.all([first, second, third, fourth, same].map(statusOf))).toEqual([410, 410, 410, 200, 200]);
  });

  it('of a user who is deleted go, also one whose upload ends afterwards', async () => {
    await waybill.logIn();
    const other = await waybill.newUser();
    await upload(randomBytes(1000), new MediaClient(waybill, other.key));
    const directory = join(waybill.dataDirectory, 'media', other.id);
    const bytes = randomBytes(1000);
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    async function* slowly(): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 10);
      await finished;
      yield bytes.subarray(10);
    }
    const init = { method: 'POST', headers: { 'x-api-key': other.key }, duplex: 'half' } as const;
    const body = ReadableStream.from(slowly());
    const uploading = fetch(`${waybill.url}/v1/media`, { ...init, body });
    await eventually(async () => (await readdir(join(waybill.dataDirectory, 'media', 'staged'))).length === 1);
    expect((await waybill.admin(`DELETE /v1/admin/users/${other.id}`)).status).toBe(204);
    await eventually(async () => !(await exists(directory)));
    finish();
    expect((await uploading).status).toBe(201);
    expect(await exists(directory)).toBe(true);
    await whileTimePasses(async () => !(await exists(directory)));
  });
});

const exists = (path: string): Promise<boolean> =>
  readdir(path).then(
    () => true,
    () => false,
  );
