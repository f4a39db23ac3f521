import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { eventually } from '../support/eventually.js';
import { MediaClient, sha256Of } from '../support/media-client.js';
import { MessagesClient } from '../support/messages-client.js';
import { newPicture } from '../support/pictures.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

type File = {
  readonly state: string;
  readonly reason?: string;
  readonly mediaId: string;
  readonly mimeType: string | null;
  readonly fileName: string | null;
};
type Received = { readonly id: string; readonly [field: string]: unknown };

let waybill: Waybill;
let client: MessagesClient;
let media: MediaClient;
let friend: SandboxPhone;

beforeAll(async () => {
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
  media = new MediaClient(waybill, client.session.user.key);
}, 240_000);

afterAll(() => waybill.end());

beforeEach(async () => {
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
});

const half = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length / 2);
/** 192 million pixels in half a megabyte. */
const bomb = (): Promise<Buffer> =>
  sharp({ create: { width: 16_000, height: 12_000, channels: 3, background: 'red' } })
    .png({ compressionLevel: 9 })
    .toBuffer();
const drawing = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');

const hostile: { readonly [what: string]: () => Promise<Buffer> } = {
  'a truncated picture': async () => half(await newPicture('jpeg', 200, 200)),
  'a bomb': bomb,
  'a drawing with a script': () => Promise.resolve(drawing),
  'a page of HTML': () => Promise.resolve(Buffer.from('<html><script>alert(1)</script></html>')),
  noise: () => Promise.resolve(randomBytes(2000)),
};

/** Every file of the library is where the user's files are. */
const strayFiles = async (): Promise<readonly string[]> => {
  const place = join(waybill.dataDirectory, 'media');
  const files = await readdir(place, { recursive: true, withFileTypes: true });
  return files.filter((file) => file.isFile() && !/^[0-9a-f]{64}$/.test(file.name)).map(({ name }) => name);
};

/** What the session has of a file that the friend sends, once it is not pending. */
const received = async (
  type: string,
  bytes: Buffer,
  more: object = {},
): Promise<Received & { readonly file: File }> => {
  const to = client.session.phone.number;
  const content = { data: bytes.toString('base64'), ...more };
  await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, { to, type, [type]: content });
  return eventually(async () => {
    const { body } = await client.list({ chat: `+${friend.number}`, direction: 'incoming' });
    const [message] = (body as { readonly data: readonly Received[] }).data;
    const file = message?.[type] as File | undefined;
    return message !== undefined && file !== undefined && file.state !== 'pending' && { ...message, file };
  });
};

describe('a hostile file that somebody sends', () => {
  it.each(
    Object.keys(hostile).flatMap((what) => ['image', 'sticker', 'document'].map((type) => [what, type] as const)),
  )('is kept as what it is, acts nowhere, and is not sent on as what it is not: %s as %s', async (what, type) => {
    const bytes = await hostile[what]!();
    const { id, file } = await received(type, bytes, { mimeType: 'image/png', fileName: 'a.png' });
    expect(file).toMatchObject({ state: 'ready', sha256: sha256Of(bytes) });
    const content = await media.download(file.mediaId);
    expect(content.bytes.equals(bytes)).toBe(true);
    expect(content.headers.get('x-content-type-options')).toBe('nosniff');
    const mayAct = /svg|html/.test(file.mimeType ?? '');
    const isSaved = content.headers.get('content-disposition')?.startsWith('attachment');
    expect(isSaved === true || !mayAct).toBe(true);
    const forwarded = await client.call(`POST /v1/messages/${id}/forward`, { body: { to: `+${friend.number}` } });
    const outcome =
      forwarded.status === 202 ? (await client.until(forwarded.body.id, 'delivered')).status : forwarded.body.code;
    expect(['delivered', 'read', 'media_type_refused', 'media_too_large']).toContain(outcome);
  });

  it('may be empty: then it is unavailable, and says why', async () => {
    const { id, file } = await received('document', Buffer.alloc(0));
    expect(file).toMatchObject({ state: 'unavailable', reason: 'The file is empty or damaged' });
    const forwarded = await client.call(`POST /v1/messages/${id}/forward`, { body: { to: `+${friend.number}` } });
    expect(forwarded).toMatchObject({ status: 502, body: { code: 'media_unavailable' } });
  });

  it.each([
    ['../../../../etc/passwd', 'passwd'],
    ['C:\\Windows\\system.ini', 'system.ini'],
    ['in\0voice\r\n.pdf', 'invoice.pdf'],
    [`${'📄'.repeat(120)}.pdf`, `${'📄'.repeat(62)}.pdf`],
  ])('has a name that leads nowhere: %j', async (fileName, safe) => {
    const { file } = await received('document', Buffer.from(`%PDF-1.4\n${fileName}`), { fileName });
    expect(file).toMatchObject({ state: 'ready', fileName: safe, mimeType: 'application/pdf' });
    const { headers } = await media.download(file.mediaId);
    expect(headers.get('content-disposition')).not.toMatch(/[\0\r\n/\\]/);
  });

  it('leaves nothing outside its place, and the service goes on', async () => {
    expect(await strayFiles()).toEqual([]);
    expect((await waybill.call('GET /health/ready')).status).toBe(200);
    expect(waybill.output()).not.toMatch(/uncaught|unhandled/i);
  });
});

describe('a hostile file that is to be sent', () => {
  it.each(Object.keys(hostile))('is refused where it is no picture, and nothing is sent: %s', async (what) => {
    const data = (await hostile[what]!()).toString('base64');
    const answer = await client.post({ to: `+${friend.number}`, type: 'image', image: { data } });
    expect(answer).toMatchObject({ status: 422, body: { code: 'media_type_refused' } });
    expect(await waybill.sandbox.messages(friend.number)).toEqual([]);
  });

  it('is refused where it is empty, or where its name has a path, a NUL or too many characters', async () => {
    const send = (document: object) => client.post({ to: `+${friend.number}`, type: 'document', document });
    const data = Buffer.from('%PDF-1.4\n').toString('base64');
    for (const fileName of ['../a.pdf', 'a\0.pdf', `${'📄'.repeat(300)}.pdf`, '..']) {
      expect((await send({ data, fileName })).body).toMatchObject({ status: 400, code: 'validation_failed' });
    }
    expect((await send({ data: '' })).body).toMatchObject({ status: 400, code: 'validation_failed' });
    expect((await media.upload(Buffer.alloc(0), { fileName: 'a.pdf' })).body).toMatchObject({
      code: 'media_type_refused',
    });
    const unnamed = await send({ data });
    expect(unnamed.body).toMatchObject({ type: 'document', document: { mimeType: 'application/pdf', fileName: null } });
    await client.until(unnamed.body.id, 'delivered');
  });
});
