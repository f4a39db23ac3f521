import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import { openMediaDirectory } from '#lib/media-files/directory';
import { eventually } from '../support/eventually.js';
import { MediaClient, sha256Of } from '../support/media-client.js';
import { MessagesClient } from '../support/messages-client.js';
import { S3Server } from '../support/s3-server/server.js';
import { sampleFiles } from '../support/sample-files.js';
import { startService } from '../support/service.js';
import { Waybill } from '../support/waybill.js';

type OnPhone = { readonly direction: string; readonly id: string };
type Received = { readonly image: { readonly mediaId: string; readonly state: string } };
type State = { readonly parts: readonly { readonly name: string }[] };

/** How often a message may fail before it is given up is less. */
const moreThanAttempts = 6;

let server: S3Server;
let waybill: Waybill;
let client: MessagesClient;
let media: MediaClient;

beforeAll(async () => {
  server = await S3Server.start();
  waybill = await Waybill.start({ ...server.variables(), S3_PREFIX: 'media' });
  client = await MessagesClient.link(waybill);
  media = new MediaClient(waybill, client.session.user.key);
}, 240_000);

afterAll(async () => {
  await waybill.end();
  await server.stop();
});

const inDirectory = async (): Promise<readonly string[]> =>
  (await readdir(join(waybill.dataDirectory, 'media'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
const partOfState = async () => {
  const { body } = await waybill.admin('GET /v1/admin/system');
  return (body as State).parts.find(({ name }) => name === 'mediaFiles');
};

it('files that are uploaded, sent and received lie in the bucket alone, and are downloaded from it, also in part', async () => {
  const friend = await waybill.sandbox.newPhone({ name: 'Ada' });
  const [sent, received] = [await sampleFiles.document(), await sampleFiles.image()];
  const upload = await media.upload(sent, { fileName: 'invoice.pdf', type: 'application/pdf' });
  expect(upload.status).toBe(201);
  const message = { to: `+${friend.number}`, type: 'document', document: { mediaId: upload.body.id } };
  expect((await client.post(message)).status).toBe(202);
  const arrived = await eventually(
    async () =>
      (await waybill.sandbox.messages<OnPhone>(friend.number)).find(({ direction }) => direction === 'incoming') ??
      false,
  );
  expect(sha256Of(await waybill.sandbox.file(friend.number, arrived.id))).toBe(sha256Of(sent));

  const answer = { to: client.session.phone.number, type: 'image', image: { data: received.toString('base64') } };
  await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, answer);
  const { image } = await eventually(async () => {
    const { body } = await client.list({ chat: `+${friend.number}`, direction: 'incoming' });
    const [newest] = body.data as readonly Received[];
    return newest !== undefined && newest.image.state === 'ready' && newest;
  });
  expect((await media.download(image.mediaId)).bytes.equals(received)).toBe(true);
  const part = await media.download(upload.body.id, { range: 'bytes=10-29' });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-29/${sent.length}`]);
  expect(part.bytes.equals(sent.subarray(10, 30))).toBe(true);

  const stored = [sent, received].map((bytes) => {
    const sha256 = sha256Of(bytes);
    return `media/${client.session.user.id}/${sha256.slice(0, 2)}/${sha256}`;
  });
  expect([...server.content.objects.keys()].toSorted()).toEqual(stored.toSorted());
  expect(await inDirectory()).toEqual([]);
});

it('a bucket that breaks off in the middle, however often, costs a message no attempt, and its timeline says so', async () => {
  const friend = await waybill.sandbox.newPhone();
  const sent = await sampleFiles.document();
  const { body } = await media.upload(sent, { fileName: 'invoice.pdf', type: 'application/pdf' });
  server.fail('GetObject', 'cut', moreThanAttempts);
  const message = { to: `+${friend.number}`, type: 'document', document: { mediaId: body.id } };
  const { id } = (await client.post(message)).body as { readonly id: string };
  const { timeline } = await client.until(id, 'delivered', 60_000);
  const held = timeline.filter(({ event }) => event === 'held').map(({ detail }) => detail);
  expect(held).toEqual([expect.stringMatching(/^Its file cannot be read: the place where the files are kept fails\./)]);
  const [arrived] = await waybill.sandbox.messages<OnPhone>(friend.number);
  expect(sha256Of(await waybill.sandbox.file(friend.number, arrived!.id))).toBe(sha256Of(sent));
}, 90_000);

it('while the server is away, the state says so, requests that need it get 503, and all goes on by itself', async () => {
  expect(await partOfState()).toMatchObject({ engine: { name: 'S3', version: null }, status: 'up' });
  const { port, content, key } = server;
  await server.stop();
  const down = { status: 'down', detail: expect.stringMatching(/bucket.*ECONNREFUSED/) };
  expect(await partOfState()).toMatchObject(down);
  expect(await waybill.call('GET /health/ready')).toMatchObject({
    status: 503,
    body: { code: 'not_ready', parts: { mediaFiles: down } },
  });
  expect(await media.upload(await sampleFiles.image())).toMatchObject({
    status: 503,
    headers: { 'retry-after': expect.any(String) },
  });
  server = await S3Server.start({ port, content, key });
  expect((await media.upload(await sampleFiles.image())).status).toBe(201);
  expect(await partOfState()).toMatchObject({ status: 'up' });
  expect(waybill.output()).not.toContain(key.secretAccessKey);
});

it.each([
  [{ S3_SECRET_ACCESS_KEY: '' }, /S3_SECRET_ACCESS_KEY: Is missing/],
  [{ S3_SECRET_ACCESS_KEY: 'hunter2' }, /bucket waybill-files cannot be used: SignatureDoesNotMatch/],
])('the service does not start with %j', async (wrong, reason) => {
  const WAYBILL_DATA_DIR = join(waybill.dataDirectory, 'none');
  const refused = startService({ ...server.variables(), ...wrong, WAYBILL_DATA_DIR, WAYBILL_WHATSAPP: 'sandbox' });
  expect(await refused.ended()).toBe(1);
  expect(refused.output()).toMatch(reason);
  expect(refused.output()).not.toContain('hunter2');
});

it('the service does not start with a bucket while files are in the directory', async () => {
  const WAYBILL_DATA_DIR = join(waybill.dataDirectory, 'used');
  const directory = await openMediaDirectory(join(WAYBILL_DATA_DIR, 'media'));
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a file');
  }
  await directory.keep(newId(), await directory.stage(bytes(), 10));
  const refused = startService({ ...server.variables(), WAYBILL_DATA_DIR, WAYBILL_WHATSAPP: 'sandbox' });
  expect(await refused.ended()).toBe(1);
  expect(refused.output()).toMatch(/has files, but S3_BUCKET is set/);
});

it('a backup says that the files in the bucket are not in it', async () => {
  const env = { PATH: process.env['PATH'], WAYBILL_DATA_DIR: waybill.dataDirectory, ...server.variables() };
  const target = join(waybill.dataDirectory, 'backup');
  const { stdout } = await promisify(execFile)(process.execPath, ['dist/app/operator.js', 'backup', target], { env });
  expect(stdout).toMatch(/files are not in it: copy the bucket of S3_BUCKET/);
});
