import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MediaClient, sha256Of } from '../support/media-client.js';
import { newPicture } from '../support/pictures.js';
import { silence } from '../support/sounds.js';
import { Waybill, type TestUser } from '../support/waybill.js';

const maxDocumentBytes = 12_000_000;

let waybill: Waybill;
let user: TestUser;
let client: MediaClient;

beforeAll(async () => {
  waybill = await Waybill.start({ WAYBILL_MEDIA_MAX_DOCUMENT: String(maxDocumentBytes) });
  user = await waybill.newUser();
  client = new MediaClient(waybill, user.key);
}, 240_000);

afterAll(() => waybill.end());

const filesStored = async (): Promise<number> =>
  (await readdir(join(waybill.dataDirectory, 'media'), { recursive: true, withFileTypes: true })).filter((file) =>
    file.isFile(),
  ).length;

describe('an upload', () => {
  it('of a form is answered with what the file is, and its content comes back', async () => {
    const png = await newPicture('png');
    const answer = await client.upload(png, { fileName: 'Grüße 📄.png', type: 'image/png' });
    expect([answer.status, answer.headers['location']]).toEqual([201, `/v1/media/${answer.body.id}`]);
    const what = { mimeType: 'image/png', size: png.length, sha256: sha256Of(png), width: 40, height: 30 };
    expect(answer.body).toMatchObject({ ...what, fileName: 'Grüße 📄.png', seconds: null });
    const content = await client.download(answer.body.id);
    expect(content.bytes.equals(png)).toBe(true);
    expect([content.status, content.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(content.headers.get('content-length')).toBe(String(png.length));
    expect(content.headers.get('content-disposition')).toContain("filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%F0%9F%93%84.png");
  });

  it('may be the bytes themselves, of any type, JSON too', async () => {
    const json = Buffer.from('{"a": [1, 2]}');
    const headers = { 'content-disposition': 'attachment; filename="data.json"' };
    const answer = await client.upload(json, { type: 'application/json', headers });
    expect(answer.body).toMatchObject({ mimeType: 'application/json', fileName: 'data.json', size: json.length });
    expect((await client.download(answer.body.id)).bytes).toEqual(json);
  });

  it('of a sound tells how long it plays', async () => {
    expect((await client.upload(silence(3))).body).toMatchObject({ mimeType: 'audio/wav', seconds: 3, width: null });
  });

  it('of a file without a name is saved under one with the right ending', async () => {
    const { body } = await client.upload(Buffer.from('%PDF-1.7\n%%EOF'), { type: 'application/pdf' });
    expect(body).toMatchObject({ mimeType: 'application/pdf', fileName: null });
    const { headers } = await client.download(body.id);
    expect(headers.get('content-disposition')).toBe(`attachment; filename=${body.id}.pdf`);
  });

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['a\\b\\c.txt', 'c.txt'],
    [`${'📄'.repeat(300)}.txt`, `${'📄'.repeat(62)}.txt`],
  ])('of a file called %j is stored as %j', async (fileName, safe) => {
    expect((await client.upload(Buffer.from('text'), { fileName })).body.fileName).toBe(safe);
  });

  it('is stored once, however often it is made', async () => {
    const bytes = randomBytes(1000);
    const before = await filesStored();
    const [one, other] = [await client.upload(bytes), await client.upload(bytes)];
    expect(one.body.id).not.toBe(other.body.id);
    expect(await filesStored()).toBe(before + 1);
  });

  it('with an Idempotency-Key is made once; another file or name is another request', async () => {
    const headers = { 'idempotency-key': 'upload-1' };
    const bytes = randomBytes(1000);
    const first = await client.upload(bytes, { fileName: 'a.bin', headers });
    const again = await client.upload(bytes, { fileName: 'a.bin', headers });
    expect([again.status, again.headers['idempotent-replayed'], again.body]).toEqual([201, 'true', first.body]);
    for (const other of [
      client.upload(randomBytes(10), { fileName: 'a.bin', headers }),
      client.upload(bytes, { headers }),
    ]) {
      const { status, body } = await other;
      expect([status, body.code]).toEqual([409, 'idempotency_key_reused']);
    }
  });

  it('that cannot be taken says why, and leaves nothing', async () => {
    const before = await filesStored();
    const form = (content: string) => `--b\r\nContent-Disposition: form-data; ${content}`;
    const multipart = { 'content-type': 'multipart/form-data; boundary=b' };
    const named = 'name="file"; filename="a.txt"\r\n\r\nhello';
    const refused = {
      empty: [await client.upload(Buffer.alloc(0), { fileName: 'a.txt' }), 422, 'media_type_refused'],
      nothing: [await client.post(Buffer.alloc(0), {}), 422, 'media_type_refused'],
      html: [await client.upload(Buffer.from('<html>'), { type: 'image/png' }), 422, 'media_type_refused'],
      truncated: [await client.upload((await newPicture('jpeg')).subarray(0, 500)), 422, 'media_type_refused'],
      document: [await client.upload(randomBytes(maxDocumentBytes + 1)), 413, 'media_too_large'],
      form: [await client.upload(randomBytes(maxDocumentBytes + 1), { fileName: 'a' }), 413, 'media_too_large'],
      'other field': [
        await client.post(`${form('name="photo"')}\r\n\r\nx\r\n--b--\r\n`, multipart),
        400,
        'validation_failed',
      ],
      'cut form': [await client.post(form(named), multipart), 400, 'malformed_request'],
      'no boundary': [await client.post('x', { 'content-type': 'multipart/form-data' }), 400, 'malformed_request'],
    } as const;
    const answers = Object.entries(refused).map(([name, [{ status, body }]]) => [name, status, body.code]);
    expect(answers).toEqual(Object.entries(refused).map(([name, [, status, code]]) => [name, status, code]));
    expect(await filesStored()).toBe(before);
  });

  it('that breaks off leaves nothing', async () => {
    const before = await filesStored();
    const { hostname, port } = new URL(waybill.url);
    const socket = connect(Number(port), hostname);
    const head = `POST /v1/media HTTP/1.1\r\nHost: x\r\nX-Api-Key: ${user.key}\r\nContent-Length: 100000\r\n\r\n`;
    socket.write(head);
    socket.write(randomBytes(50_000));
    await eventually(async () => (await filesStored()) > before);
    socket.destroy();
    await eventually(async () => (await filesStored()) === before);
    expect((await client.upload(Buffer.from('text'))).status).toBe(201);
  });
});

describe('the content of a file', () => {
  const bytes = randomBytes(10_000);
  let id: string;
  beforeAll(async () => {
    id = (await client.upload(bytes)).body.id;
  });

  it.each([
    ['bytes=0-99', 0, 99],
    ['bytes=9990-', 9990, 9999],
    ['bytes=-10', 9990, 9999],
    ['bytes=9000-20000', 9000, 9999],
  ])('comes in the range %s', async (range, first, last) => {
    const answer = await client.download(id, { range });
    expect([answer.status, answer.headers.get('content-range')]).toEqual([206, `bytes ${first}-${last}/10000`]);
    expect(answer.bytes.equals(bytes.subarray(first, last + 1))).toBe(true);
  });

  it('comes whole where a range makes no sense, or is one of another content', async () => {
    for (const headers of [
      { range: 'lines=1-2' },
      { range: 'bytes=0-0', 'if-range': '"other"' },
      { range: 'bytes=0-1,5-6' },
    ]) {
      const answer = await client.download(id, headers);
      expect([answer.status, answer.bytes.length]).toEqual([200, 10_000]);
    }
    const { headers } = await client.download(id);
    const range = { range: 'bytes=0-0', 'if-range': headers.get('etag') ?? '' };
    expect((await client.download(id, range)).status).toBe(206);
  });

  it('is described by HEAD with the headers of GET', async () => {
    const [get, head] = [await client.download(id), await waybill.call(`HEAD /v1/media/${id}`, { key: user.key })];
    for (const name of ['content-type', 'content-length', 'content-disposition', 'etag']) {
      expect([name, head.headers[name]]).toEqual([name, get.headers.get(name)]);
    }
    expect([head.status, head.text]).toEqual([200, '']);
  });

  it('has no range beyond its end', async () => {
    const answer = await client.download(id, { range: 'bytes=10000-' });
    expect([answer.status, answer.headers.get('content-range')]).toEqual([416, 'bytes */10000']);
    expect(JSON.parse(answer.bytes.toString())).toMatchObject({ code: 'range_not_satisfiable' });
  });

  it('never acts in a page', async () => {
    const script = '<script>alert(1)</script>';
    for (const [content, type] of [
      [`<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`, 'image/svg+xml'],
      [`<html>${script}</html>`, 'text/html'],
    ] as const) {
      const { body } = await client.upload(Buffer.from(content));
      const { headers } = await client.download(body.id);
      expect(headers.get('content-type')).toBe(type);
      expect(headers.get('content-disposition')).toMatch(/^attachment/);
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('is its user’s alone, and needs the permission', async () => {
    const stranger = new MediaClient(waybill, (await waybill.newUser()).key);
    expect((await stranger.download(id)).status).toBe(404);
    const weak = new MediaClient(waybill, await waybill.newKey(user.id, { scopes: ['messages:read'] }));
    expect((await weak.download(id)).status).toBe(403);
    expect((await weak.upload(bytes)).status).toBe(403);
  });

  it('is 502 where the operator lost it', async () => {
    const lost = (await client.upload(randomBytes(100))).body;
    await rm(join(waybill.dataDirectory, 'media', user.id, lost.sha256.slice(0, 2)), { recursive: true });
    const answer = await client.download(lost.id);
    expect([answer.status, JSON.parse(answer.bytes.toString()).code]).toEqual([502, 'media_unavailable']);
  });
});

it('the files of a user who is deleted are removed', async () => {
  const gone = await waybill.newUser();
  await new MediaClient(waybill, gone.key).upload(randomBytes(100));
  const place = join(waybill.dataDirectory, 'media', gone.id);
  expect(await readdir(place)).toHaveLength(1);
  expect((await waybill.admin(`DELETE /v1/admin/users/${gone.id}`)).status).toBeLessThan(300);
  await eventually(() =>
    readdir(place).then(
      () => false,
      () => true,
    ),
  );
});

it('other routes take no file', async () => {
  const headers = { 'content-type': 'application/octet-stream' };
  const answer = await waybill.call('POST /v1/messages', { key: user.key, body: 'bytes', headers });
  expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
});
