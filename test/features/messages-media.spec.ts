import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kinds } from '../../src/messaging/content/kinds.js';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { newAnimation, newPicture } from '../support/pictures.js';
import { newSticker, sampleFiles } from '../support/sample-files.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: Waybill;
let client: MessagesClient;
let friend: SandboxPhone;

beforeAll(async () => {
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
}, 240_000);

afterAll(() => waybill.end());

type OnPhone = {
  readonly id: string;
  readonly type: string;
  readonly direction: string;
  readonly duplicate?: boolean;
  readonly text?: string;
  readonly media?: Record<string, unknown>;
};

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const post = (type: string, file: object, more: object = {}, headers: Readonly<Record<string, string>> = {}) =>
  client.post({ to: `+${friend.number}`, type, [type]: file, ...more }, headers);

/** Sends it; answers the message's id. */
const send = async (type: string, file: object, more: object = {}): Promise<string> => {
  const answer = await post(type, file, more);
  expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
  return answer.body.id as string;
};

const filesOn = async (phone: SandboxPhone): Promise<readonly OnPhone[]> =>
  (await waybill.sandbox.messages<OnPhone>(phone.number)).filter(
    ({ direction, media, duplicate }) => direction === 'incoming' && media && !duplicate,
  );

/** What the friend's phone has got of a file; checks that it is whole. */
const arrived = async (bytes: Buffer): Promise<OnPhone> => {
  const found = await eventually(
    async () => (await filesOn(friend)).findLast(({ media }) => media?.['sha256'] === hashOf(bytes)) ?? false,
  );
  expect(bytes.equals(await waybill.sandbox.file(friend.number, found.id))).toBe(true);
  return found;
};

const base64 = (bytes: Buffer): string => bytes.toString('base64');

describe('a file', () => {
  it.each([
    ['image', 'image', { caption: 'The new shop' }, { mimeType: 'image/jpeg', width: 64 }],
    ['image', 'image', { viewOnce: true }, { mimeType: 'image/jpeg', viewOnce: true }],
    ['video', 'video', { caption: 'Look' }, { mimeType: 'video/mp4' }],
    ['video', 'video', { gif: true }, { mimeType: 'video/mp4', gif: true }],
    ['video', 'video', { note: true }, { mimeType: 'video/mp4', note: true }],
    ['audio', 'audio', {}, { mimeType: 'audio/mpeg' }],
    ['voice', 'audio', { voice: true }, { mimeType: 'audio/ogg; codecs=opus', voice: true }],
    ['document', 'document', { caption: 'Danke!', fileName: 'Rechnung März.pdf' }, { mimeType: 'application/pdf' }],
    ['sticker', 'sticker', {}, { mimeType: 'image/webp', width: 512, height: 512 }],
  ] as const)('is sent as it is: %s as %s with %j', async (sample, type, more, described) => {
    const bytes = await sampleFiles[sample]();
    const id = await send(type, { data: base64(bytes), ...more });
    const shown = await client.until(id, 'delivered');
    const { mediaId, ...file } = (shown as unknown as { readonly [type: string]: Record<string, unknown> })[type]!;
    expect(mediaId).toEqual(expect.any(String));
    expect(file).toMatchObject({ size: bytes.length, sha256: hashOf(bytes), state: 'ready', ...more, ...described });
    expect(shown.timeline.map(({ event }) => event)).toEqual(['queued', 'uploaded', 'sent', 'delivered']);

    const { text, media, type: typeOnPhone } = await arrived(bytes);
    const { caption, ...others } = more as { readonly caption?: string };
    expect([typeOnPhone, text]).toEqual([type, caption]);
    expect(media).toMatchObject({ fileLength: bytes.length, ...others, ...described });
    expect(typeof media?.['thumbnailBytes']).toBe(type === 'image' && !('viewOnce' in more) ? 'number' : 'undefined');
  });

  it('is found by its caption', async () => {
    const id = await send('image', { data: base64(await sampleFiles.image()), caption: 'Zitronenfalter' });
    await client.until(id, 'delivered');
    const { body } = await client.list({ q: 'Zitronenfalter' });
    expect((body as { readonly data: readonly object[] }).data).toMatchObject([{ id, type: 'image' }]);
  });

  it('answers a message, and keeps its place among the texts of the chat', async () => {
    const before = await client.send(friend, 'before');
    const bytes = await sampleFiles.image();
    await send('image', { data: base64(bytes) }, { replyTo: before });
    const after = await client.send(friend, 'after');
    await client.until(after, 'delivered');
    const all = await waybill.sandbox.messages<OnPhone & { readonly replyTo?: string }>(friend.number);
    const [first, file, last] = all.filter(({ direction }) => direction === 'incoming').slice(-3);
    expect([first?.text, file?.media?.['sha256'], last?.text]).toEqual(['before', hashOf(bytes), 'after']);
    expect(file?.replyTo).toBe(first?.id);
  });

  it('of an earlier message is sent again without its bytes', async () => {
    const bytes = await sampleFiles.document();
    const id = await send('document', { data: base64(bytes), fileName: 'a.pdf' });
    const { document } = (await client.get(id)) as unknown as { readonly document: { readonly mediaId: string } };
    const again = await send('document', { mediaId: document.mediaId, fileName: 'b.pdf' });
    await client.until(again, 'delivered');
    const names = (await filesOn(friend)).slice(-2).map(({ media }) => media?.['fileName']);
    expect(names).toEqual(['a.pdf', 'b.pdf']);
  });

  it('is forwarded with its caption, but not where it opens only once', async () => {
    const bytes = await sampleFiles.document();
    const id = await send('document', { data: base64(bytes), caption: 'Minutes' });
    await client.until(id, 'delivered');
    const other = await waybill.sandbox.newPhone();
    const forwarded = await client.call(`POST /v1/messages/${id}/forward`, { body: { to: `+${other.number}` } });
    await client.until(forwarded.body.id as string, 'delivered');
    const [file] = await filesOn(other);
    expect(file).toMatchObject({ text: 'Minutes', forwarded: true, media: { sha256: hashOf(bytes) } });

    const once = await send('image', { data: base64(await sampleFiles.image()), viewOnce: true });
    const refused = await client.call(`POST /v1/messages/${once}/forward`, { body: { to: `+${other.number}` } });
    expect([refused.status, refused.body.code]).toEqual([409, 'message_not_forwardable']);
    await client.until(once, 'delivered');
  });

  it('with the same Idempotency-Key is sent once', async () => {
    const bytes = await sampleFiles.image();
    const headers = { 'idempotency-key': 'picture' };
    const [first, second] = [
      await post('image', { data: base64(bytes) }, {}, headers),
      await post('image', { data: base64(bytes) }, {}, headers),
    ];
    expect(second.body.id).toBe(first.body.id);
    expect(second.body.image).toEqual(first.body.image);
    await client.until(first.body.id as string, 'delivered');
    expect((await filesOn(friend)).filter(({ media }) => media?.['sha256'] === hashOf(bytes))).toHaveLength(1);
  });

  it('that a phone could not decrypt is repeated', async () => {
    const bytes = await sampleFiles.image();
    await waybill.sandbox.fault({ kind: 'retry', number: friend.number });
    const id = await send('image', { data: base64(bytes), caption: 'Again' });
    expect((await arrived(bytes)).text).toBe('Again');
    await client.until(id, 'delivered');
  });
});

describe('the examples of the documentation', () => {
  it('are sent when they are pasted', async () => {
    for (const type of ['image', 'video', 'audio', 'document', 'sticker'] as const) {
      const answer = await post(type, kinds[type].sent.example);
      expect([type, answer.status]).toEqual([type, 202]);
      await client.until(answer.body.id as string, 'delivered');
    }
  });
});

describe('a sticker', () => {
  it('is made of any picture: a square of webp that is small enough', async () => {
    const id = await send('sticker', { data: base64(await newPicture('png', 700, 300)) });
    await client.until(id, 'delivered');
    const { media } = (await filesOn(friend)).at(-1)!;
    expect(media).toMatchObject({ kind: 'sticker', mimeType: 'image/webp', width: 512, height: 512 });
    expect(media).not.toHaveProperty('animated');
    expect(media!['fileLength']).toBeLessThanOrEqual(100 * 1024);
  });

  it('moves where the picture does, and is forwarded so', async () => {
    const id = await send('sticker', { data: base64(await newAnimation('gif', 64)) });
    await client.until(id, 'delivered');
    const { media } = (await filesOn(friend)).at(-1)!;
    expect(media).toMatchObject({ kind: 'sticker', mimeType: 'image/webp', animated: true });
    const other = await waybill.sandbox.newPhone();
    const forwarded = await client.call(`POST /v1/messages/${id}/forward`, { body: { to: `+${other.number}` } });
    await client.until(forwarded.body.id as string, 'delivered');
    expect((await filesOn(other)).at(-1)?.media).toMatchObject({ kind: 'sticker', animated: true });
  });

  it('of another size is fitted', async () => {
    const id = await send('sticker', { data: base64(await newSticker(100)) });
    const { sticker } = (await client.until(id, 'delivered')) as unknown as { readonly sticker: object };
    expect(sticker).toMatchObject({ mimeType: 'image/webp', width: 512, height: 512 });
  });
});

describe('an upload that fails', () => {
  it.each(['upload-error', 'upload-cut'])('(%s) is tried again, and the message says so', async (kind) => {
    const bytes = await sampleFiles.document();
    await waybill.sandbox.fault({ kind, count: 2 });
    const id = await send('document', { data: base64(bytes) });
    const { timeline } = await client.until(id, 'delivered');
    expect(timeline.map(({ event }) => event)).toEqual(['queued', 'held', 'uploaded', 'sent', 'delivered']);
    await arrived(bytes);
  });

  it('again and again fails the message, which may be tried again', async () => {
    await waybill.sandbox.fault({ kind: 'upload-error', code: 507, count: 100 });
    const id = await send('image', { data: base64(await sampleFiles.image()) });
    const text = await client.send(await waybill.sandbox.newPhone(), 'not held up');
    await client.until(text, 'delivered');
    const { error } = await client.until(id, 'failed', 120_000);
    await waybill.sandbox.ask('DELETE /faults');
    expect(error).toEqual({ code: 'media_upload_failed', reason: expect.stringContaining('507'), retryable: true });
  }, 150_000);
});

describe('a service that is killed', () => {
  it('while a file is uploaded sends it once after its start', async () => {
    const bytes = await sampleFiles.document();
    await waybill.sandbox.fault({ kind: 'upload-hang' });
    const id = await send('document', { data: base64(bytes) });
    await eventually(async () => (await waybill.sandbox.ask<readonly object[]>('GET /faults')).length === 0);
    await waybill.kill();
    await waybill.boot();
    const { timeline } = await client.until(id, 'delivered');
    expect(timeline.filter(({ event }) => event === 'sent')).toHaveLength(1);
    await arrived(bytes);
    expect((await filesOn(friend)).filter(({ media }) => media?.['sha256'] === hashOf(bytes))).toHaveLength(1);
  });

  it('before WhatsApp has acknowledged a file does not upload it again', async () => {
    const bytes = await sampleFiles.image();
    await waybill.sandbox.ask(`PATCH /phones/${friend.number}`, { receipts: 'none' });
    await waybill.sandbox.fault({ kind: 'lose-ack', number: client.session.phone.number });
    const id = await send('image', { data: base64(bytes) });
    await arrived(bytes);
    await waybill.kill();
    await waybill.sandbox.fault({ kind: 'upload-error', count: 100 });
    await waybill.boot();
    const { timeline } = await client.until(id, 'sent');
    await waybill.sandbox.ask('DELETE /faults');
    await waybill.sandbox.ask(`PATCH /phones/${friend.number}`, { receipts: 'read' });
    expect(timeline.filter(({ event }) => event === 'uploaded')).toHaveLength(1);
    expect((await filesOn(friend)).filter(({ media }) => media?.['sha256'] === hashOf(bytes))).toHaveLength(1);
  });
});

describe('a file that cannot be sent', () => {
  const html = base64(Buffer.from('<!doctype html><html><body>Not found</body></html>'));
  const strangerId = '0199a3c4-1f00-7000-8000-0000000000e1';

  it.each([
    ['image', { data: html }, 'media_type_refused'],
    ['image', { data: base64(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')) }, 'media_type_refused'],
    ['video', { data: base64(Buffer.from('%PDF-1.4\n')) }, 'media_type_refused'],
    ['sticker', { data: html }, 'media_type_refused'],
    ['image', { data: '====' }, 'media_type_refused'],
    ['document', { data: 'no base64!' }, 'media_type_refused'],
    ['image', { mediaId: strangerId }, 'media_not_found'],
  ])('is refused at once, with the reason: %s of %j', async (type, file, code) => {
    const { status, body } = await post(type, file);
    expect([status, body.code]).toEqual([422, code]);
  });

  it('is refused where it is too large for its kind', async () => {
    const large = await post('image', {
      data: base64(Buffer.concat([await sampleFiles.image(), Buffer.alloc(5_300_000)])),
    });
    expect([large.status, large.body.code]).toEqual([422, 'media_too_large']);
  });

  it('is refused where it belongs to somebody else', async () => {
    const id = await send('image', { data: base64(await sampleFiles.image()) });
    const { image } = (await client.get(id)) as unknown as { readonly image: { readonly mediaId: string } };
    const other = await MessagesClient.link(waybill);
    const to = `+${friend.number}`;
    const { status, body } = await other.post({ to, type: 'image', image: { mediaId: image.mediaId } });
    expect([status, body.code]).toEqual([422, 'media_not_found']);
  });

  it('as a voice message says what it would have to be', async () => {
    const data = base64(await sampleFiles.audio());
    const { status, body } = await post('audio', { data, voice: true });
    expect([status, body.code, body.detail]).toEqual([422, 'media_type_refused', expect.stringContaining('Opus')]);
  });

  it.each([
    [{}, 'image'],
    [{ data: 'AAAA', mediaId: strangerId }, 'image'],
    [{ data: '' }, 'image.data'],
    [{ data: 'AAAA', fileName: '../../etc/passwd' }, 'image.fileName'],
    [{ data: 'AAAA', fileName: 'a\u0000.jpg' }, 'image.fileName'],
    [{ data: 'AAAA', fileName: '😀'.repeat(300) }, 'image.fileName'],
    [{ data: 'AAAA', voice: true }, 'image.voice'],
    [{ data: 'AAAA', caption: 'a\u0000b' }, 'image.caption'],
  ])('is malformed: %j', async (image, path) => {
    const { status, body } = await post('image', image);
    expect([status, body.errors[0].path]).toEqual([400, path]);
  });
});
