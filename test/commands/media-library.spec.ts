import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { newId } from '#lib/ids';
import {
  MEDIA_LIBRARY,
  type MediaDescription,
  type MediaLibrary,
  type MediaSource,
} from '../../src/media/media-library.contract.js';
import type { Media } from '../../src/media/media.contract.js';
import { CommandContext } from '../../src/platform/command-context.js';
import { startHttp, type HttpService } from '../support/http.js';
import { serve } from '../support/file-server.js';
import { newPicture } from '../support/pictures.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;
let library: MediaLibrary;

beforeAll(async () => {
  directory = await temporaryDirectory();
  service = await startHttp(directory.path, { variables: { WAYBILL_OUTBOUND_ALLOW: '127.0.0.1' } });
  library = service.app.get<MediaLibrary>(MEDIA_LIBRARY, { strict: false });
});

afterAll(async () => {
  await service.app.close();
  await directory.remove();
});

const context = CommandContext.new({ kind: 'system', id: 'test' });
const take = (
  source: MediaSource,
  described: Partial<MediaDescription> = {},
  owner = { mediaId: newId(), userId: newId() },
): Promise<Media> => library.take(owner, source, { source: 'data', ...described }, context);
const dataOf = (bytes: Uint8Array | string) => ({ data: Buffer.from(bytes).toString('base64') });
const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code });
const filesStored = async (): Promise<number> =>
  (await readdir(join(directory.path, 'media'), { recursive: true, withFileTypes: true })).filter((file) =>
    file.isFile(),
  ).length;

async function* streamed(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

describe('the media library', () => {
  it('stores a file that comes as a stream, and finds out what it is', async () => {
    const png = await newPicture('png');
    const owner = { mediaId: newId(), userId: newId() };
    const media = await take({ bytes: streamed(png) }, { source: 'upload', fileName: '/home/ada/gate.png' }, owner);
    expect(media).toMatchObject({
      ...owner,
      sha256: createHash('sha256').update(png).digest('hex'),
      size: png.length,
      mimeType: 'image/png',
      fileName: 'gate.png',
      width: 40,
      height: 30,
      seconds: null,
      source: 'upload',
      cleanedAt: null,
    });
    expect(await library.find(owner.userId, owner.mediaId)).toEqual(media);
    expect(await buffer(await library.open(media))).toEqual(png);
    expect(await buffer(await library.open(media, { first: 1, last: 3 }))).toEqual(Buffer.from('PNG'));
  });

  it('shows a file to nobody but its user', async () => {
    const { mediaId } = await take(dataOf('text'));
    expect(await library.find(newId(), mediaId)).toBeUndefined();
  });

  it('takes the same id again as the same file, and two files of the same content as one content', async () => {
    const owner = { mediaId: newId(), userId: newId() };
    const before = await filesStored();
    const first = await take(dataOf('same'), { fileName: 'a.txt' }, owner);
    expect(await take(dataOf('same'), { fileName: 'b.txt' }, owner)).toEqual(first);
    const second = await take(dataOf('same'), { fileName: 'b.txt' }, { ...owner, mediaId: newId() });
    expect(second).toMatchObject({ sha256: first.sha256, fileName: 'b.txt' });
    expect(await filesStored()).toBe(before + 1);
  });

  it('believes the content and not its sender', async () => {
    expect(await take(dataOf(await newPicture('webp')), { mimeType: 'image/jpeg' })).toMatchObject({
      mimeType: 'image/webp',
    });
    const drawing = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    expect(await take(dataOf(drawing), { mimeType: 'text/plain' })).toMatchObject({ mimeType: 'image/svg+xml' });
    expect(await take(dataOf('<html></html>'), { mimeType: 'text/csv' })).toMatchObject({ mimeType: 'text/html' });
    expect(await take(dataOf('a;b\n1;2'), { mimeType: 'text/csv; charset=utf-8' })).toMatchObject({
      mimeType: 'text/csv',
    });
    expect(await take(dataOf('%PDF-1.7\n%%EOF'))).toMatchObject({ mimeType: 'application/pdf', fileName: null });
    expect(await take(dataOf(Buffer.from([0, 1, 2, 3])))).toMatchObject({ mimeType: 'application/octet-stream' });
  });

  it('refuses what is not what its sender says, damaged, empty or too large, and leaves nothing of it', async () => {
    const before = await filesStored();
    const png = await newPicture('png', 200, 200);
    const bomb = await sharp({ create: { width: 16_000, height: 8_000, channels: 3, background: 'red' } })
      .png({ compressionLevel: 9 })
      .toBuffer();
    const refused: readonly (readonly [MediaSource, Partial<MediaDescription>, string])[] = [
      [dataOf('<html></html>'), { mimeType: 'image/png' }, 'media_type_refused'],
      [dataOf('<html></html>'), { mimeType: 'application/pdf' }, 'media_type_refused'],
      [dataOf('hello'), { mimeType: 'application/zip', kind: 'document' }, 'media_type_refused'],
      [dataOf(png), { kind: 'audio' }, 'media_type_refused'],
      [dataOf('text'), { kind: 'image', isRaw: true }, 'media_type_refused'],
      [dataOf(png.subarray(0, png.length / 2)), {}, 'media_type_refused'],
      [dataOf(bomb), {}, 'media_type_refused'],
      [{ data: '' }, {}, 'media_type_refused'],
      [{ data: 'not base64!' }, {}, 'media_type_refused'],
      [{ data: 'A'.repeat(12 * 1024 * 1024) }, {}, 'media_too_large'],
      [{ bytes: streamed(Buffer.alloc(600_000)) }, { kind: 'sticker' }, 'media_too_large'],
    ];
    for (const [source, described, code] of refused)
      await expect(take(source, described)).rejects.toEqual(refusal(code));
    expect(await filesStored()).toBe(before);
  });

  it('takes a file of any kind that is as large as the largest may be, and what is to be converted, too', async () => {
    const large = Buffer.concat([await newPicture('jpeg'), Buffer.alloc(5_300_000)]);
    const [source, described] = [{ bytes: once(large) }, { source: 'upload' as const, mimeType: 'image/jpeg' }];
    const media = await take(source, described);
    expect(media).toMatchObject({ mimeType: 'image/jpeg', size: large.length });
    library.assertFits(media, 'document');
    expect(() => library.assertFits(media, 'image')).toThrow(/at most 5242880 bytes/);
    expect(await take({ bytes: once(large) }, { kind: 'image', isRaw: true })).toMatchObject({ size: large.length });
  });

  it('fetches a file from a URL, with the name and type that the server gives', async () => {
    const png = await newPicture('png');
    const server = await serve((_request, answer) => answer.setHeader('content-type', 'image/png').end(png));
    expect(await take({ url: `${server.url}/gate.png` }, { source: 'url', kind: 'image' })).toMatchObject({
      mimeType: 'image/png',
      fileName: 'gate.png',
      source: 'url',
      size: png.length,
    });
    await server.stop();
  });

  it('says why a URL gives no file, and leaves nothing of it', async () => {
    const before = await filesStored();
    const server = await serve(({ url = '' }, answer) => {
      if (url === '/page') answer.setHeader('content-type', 'text/html').end('<!doctype html><h1>Log in</h1>');
      else if (url === '/page.png') answer.setHeader('content-type', 'image/png').end('<html>Not found</html>');
      else if (url === '/private') answer.writeHead(302, { location: 'http://169.254.169.254/' }).end();
      else if (url === '/short') answer.writeHead(200, { 'content-length': '1000' }).end('short');
      else if (url === '/large') answer.end(Buffer.alloc(600_000));
      else answer.writeHead(403).end();
    });
    for (const [path, code] of [
      ['/page', 'media_fetch_failed'],
      ['/page.png', 'media_fetch_failed'],
      ['/private', 'url_not_allowed'],
      ['/short', 'media_fetch_failed'],
      ['/large', 'media_too_large'],
      ['/forbidden', 'media_fetch_failed'],
    ] as const) {
      await expect(take({ url: server.url + path }, { source: 'url', kind: 'sticker' })).rejects.toEqual(refusal(code));
    }
    await expect(take({ url: 'http://10.0.0.1/' }, { source: 'url' })).rejects.toEqual(refusal('url_not_allowed'));
    await server.stop();
    expect(await filesStored()).toBe(before);
  });

  it('takes no page and no words of a server for the document that its URL names', async () => {
    const server = await serve(({ url = '' }, answer) => {
      const type = new URL(url, 'http://server').searchParams.get('type') ?? 'application/octet-stream';
      answer.setHeader('content-type', type).end(type === 'application/json' ? '{"error":"expired"}' : 'Gone');
    });
    const from = (path: string) => take({ url: server.url + path }, { source: 'url', kind: 'document' });
    for (const path of [
      '/invoice.pdf',
      '/invoice.pdf?type=application/json',
      '/a.docx?type=text/plain',
      '/a?type=text/html',
    ])
      await expect(from(path)).rejects.toEqual(refusal('media_fetch_failed'));
    expect(await from('/notes.txt?type=text/plain')).toMatchObject({ mimeType: 'text/plain' });
    expect(await from('/data.json?type=application/json')).toMatchObject({ mimeType: 'application/json' });
    await server.stop();
  });

  it('takes a text that a server calls a page for what its name, or whoever asks for it, says that it is', async () => {
    const server = await serve(({ url = '' }, answer) => {
      if (url.endsWith('?attached')) answer.setHeader('content-disposition', 'attachment; filename="export.csv"');
      const isPage = url.startsWith('/page');
      answer
        .setHeader('content-type', 'text/html; charset=UTF-8')
        .end(isPage ? '<!doctype html><p>Gone' : 'a;b\n1;2\n');
    });
    const from = (path: string, described: Partial<MediaDescription> = {}) =>
      take({ url: server.url + path }, { source: 'url', kind: 'document', ...described });
    expect(await from('/export.csv')).toMatchObject({ mimeType: 'text/csv', fileName: 'export.csv' });
    expect(await from('/export.php?attached')).toMatchObject({ mimeType: 'text/csv', fileName: 'export.csv' });
    expect(await from('/calendar.ics')).toMatchObject({ mimeType: 'text/calendar' });
    expect(await from('/export', { fileName: 'contact.vcf' })).toMatchObject({ mimeType: 'text/x-vcard' });
    expect(await from('/export', { mimeType: 'text/csv' })).toMatchObject({ mimeType: 'text/csv' });
    for (const [path, described] of [
      ['/page.csv', {}],
      ['/page', { mimeType: 'text/csv', fileName: 'export.csv' }],
      ['/invoice.pdf', {}],
      ['/export', {}],
      ['/export.php', {}],
    ] as const)
      await expect(from(path, described)).rejects.toEqual(refusal('media_fetch_failed'));
    await expect(from('/export.php')).rejects.toThrow(/with mimeType/);
    await server.stop();
  });

  it('takes a received file as it is', async () => {
    const png = await newPicture('png', 200, 200);
    const half = png.subarray(0, png.length / 2);
    expect(await take(dataOf(half), { source: 'received', mimeType: 'application/pdf' })).toMatchObject({
      mimeType: 'image/png',
      size: half.length,
      width: null,
    });
  });
});
