import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as tlsConnect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  BlobStore,
  startMediaServer,
  TlsAuthority,
  type MediaFault,
  type MediaServer,
} from '#lib/whatsapp-sandbox/media';
import { silentLogger } from '../../libs/whatsapp-sandbox/logger.js';
import { eventually } from '../support/eventually.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { openMedia, requestMedia, mediaClient, type MediaClient } from './client.js';

const mebibyte = 2 ** 20;
const limits = { blobBytes: 2 * mebibyte, totalBytes: 8 * mebibyte };
const idOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64url');
let ca: string;
let store: BlobStore;
let server: MediaServer;
let client: MediaClient;

beforeAll(async () => {
  const authority = await TlsAuthority.generate();
  ca = authority.certificate;
  store = await BlobStore.open({ limits });
  server = await startMediaServer({ host: '127.0.0.1', port: 0, authority, store });
  client = mediaClient(server, ca);
});

afterAll(async () => {
  await client.close();
  await server.close();
});

const uploadPath = (id: string, { auth = server.issueAuth().auth, token = id, type = 'image' } = {}) =>
  `/mms/${type}/${id}?auth=${auth}&token=${token}`;

const upload = (path: string, bytes: Uint8Array, headers = {}) =>
  requestMedia(server, ca, path, { method: 'POST', body: [bytes], headers });

const secure = async () => {
  const socket = tlsConnect({ ca, host: '127.0.0.1', port: server.port });
  await once(socket, 'secureConnect');
  return socket;
};

const stillServes = async (): Promise<boolean> => {
  const document = randomBytes(1_000);
  const sent = await client.upload({ document, mimetype: 'text/plain' });
  return document.equals(await client.download(sent));
};

describe('an upload', () => {
  const bytes = randomBytes(1_000);
  const id = idOf(bytes);
  const other = idOf(Buffer.from('other'));

  it('returns the location of the blob', async () => {
    const { status, body } = await upload(uploadPath(id), bytes);
    const { url, direct_path } = JSON.parse(body.toString());
    expect({ status, url }).toEqual({ status: 200, url: `https://${server.host}${direct_path}` });
    expect((await requestMedia(server, ca, direct_path)).body).toEqual(bytes);
    expect(await server.read(`${direct_path}?ccb=11-4&mms3=true`)).toEqual(bytes);
  });

  it.each([
    ['no auth', 401, 'invalid_auth', () => `/mms/image/${id}?token=${id}`],
    [
      'an auth of another server',
      401,
      'invalid_auth',
      () => uploadPath(id, { auth: randomBytes(50).toString('base64url') }),
    ],
    ['an auth that has expired', 401, 'invalid_auth', () => uploadPath(id, { auth: server.issueAuth(-1).auth })],
    ['a token that is not the path', 400, 'hash_mismatch', () => uploadPath(id, { token: other })],
    ['a path that is not the hash', 400, 'hash_mismatch', () => uploadPath(other)],
    ['an unknown type', 404, 'not_found', () => uploadPath(id, { type: 'poem' })],
    ['a path traversal', 404, 'not_found', () => `/mms/image/../../../etc/passwd?token=x`],
    ['a path that is not a hash', 404, 'not_found', () => uploadPath('%E0%A4%A')],
  ])('with %s is refused with %i %s', async (_what, status, error, path) => {
    const used = store.used;
    const reply = await upload(path(), bytes);
    expect({ status: reply.status, ...JSON.parse(reply.body.toString()) }).toMatchObject({ status, error });
    expect(store.used).toBe(used);
  });

  it('is refused with 413 if it is too large', async () => {
    const large = randomBytes(limits.blobBytes + 1);
    const used = store.used;
    const headers = { 'content-length': large.length };
    expect((await upload(uploadPath(idOf(large)), large, headers)).status).toBe(413);
    expect((await upload(uploadPath(idOf(large)), large)).status).toBe(413); // chunked: the size is unknown in advance
    await expect(client.upload({ document: large, mimetype: 'text/plain' })).rejects.toThrow('Media upload failed');
    expect(store.used).toBe(used);
  });

  it.each(['close', 'keep-alive'])('that is refused may still be sent completely (connection: %s)', async (kind) => {
    const socket = await secure();
    const answer = text(socket);
    const last = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`;
    socket.write(
      `POST ${uploadPath(id)} HTTP/1.1\r\nhost: x\r\nconnection: ${kind}\r\ntransfer-encoding: chunked\r\n\r\n`,
    );
    for (let sent = 0; sent < 16; sent += 1)
      await new Promise((written) => socket.write(`100000\r\n${'x'.repeat(mebibyte)}\r\n`, written));
    socket.end(`0\r\n\r\n${kind === 'close' ? '' : last('/nothing')}`);
    const statuses = (await answer).match(/HTTP\/1.1 \d+/g);
    expect(statuses).toEqual(['HTTP/1.1 413', ...(kind === 'close' ? [] : ['HTTP/1.1 404'])]);
  });

  it('leaves nothing behind if the client disconnects', async () => {
    const used = store.used;
    const socket = await secure();
    socket.write(`POST ${uploadPath(id)} HTTP/1.1\r\nhost: x\r\ncontent-length: 500000\r\n\r\n`);
    await new Promise((written) => socket.write(randomBytes(100_000), written));
    await eventually(() => store.used === used + 100_000);
    socket.destroy();
    await eventually(() => store.used === used);
    expect(await stillServes()).toBe(true);
  });
});

describe('a download', () => {
  it('supports ranges and HEAD, and answers 404 for missing blobs', async () => {
    const bytes = randomBytes(1_000);
    const { directPath } = await server.publish(bytes);
    const get = (range: string, method = 'GET') => requestMedia(server, ca, directPath, { method, headers: { range } });

    const part = await get('bytes=100-199');
    expect([part.status, part.headers['content-range'], part.body]).toEqual([
      206,
      'bytes 100-199/1000',
      bytes.subarray(100, 200),
    ]);
    expect((await get('bytes=-1')).body).toEqual(bytes.subarray(999));
    const beyond = await get('bytes=1000-');
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, 'bytes */1000']);
    expect((await get('bytes=5-1')).status).toBe(200);
    const head = await get('', 'HEAD');
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '1000', 0]);
    expect((await get('', 'PUT')).status).toBe(405);
    expect((await requestMedia(server, ca, directPath.replace(/.{4}\.enc/, 'AAAA.enc'))).status).toBe(404);
  });

  it('uses little memory while the client does not read', async () => {
    const [readers, size] = [10, 20 * mebibyte];
    const { path: directory, remove } = await temporaryDirectory();
    const blobs = await BlobStore.open({ directory, limits: { blobBytes: size, totalBytes: size } });
    const authority = await TlsAuthority.generate();
    const large = await startMediaServer({ host: '127.0.0.1', port: 0, authority, store: blobs });
    try {
      const { directPath } = await large.publish(randomBytes(size));
      const before = process.memoryUsage().arrayBuffers;
      const get = () => openMedia(large, authority.certificate, directPath);
      const responses = await Promise.all(Array.from({ length: readers }, get));
      // This client does read. Once it is done, the server has sent the others all that it would buffer.
      const hash = createHash('sha256');
      for await (const chunk of await get()) hash.update(chunk as Buffer);
      expect(directPath).toContain(hash.digest('base64url'));
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan((readers * size) / 4);
      for (const response of responses) response.destroy();
    } finally {
      await large.close();
      await remove();
    }
  }, 30_000);
});

describe('a store that fails', () => {
  it('is answered with 500 and logged, and the server keeps running', async () => {
    const { path: directory, remove } = await temporaryDirectory();
    const authority = await TlsAuthority.generate();
    const logged: string[] = [];
    const log = { ...silentLogger, error: (_details: object, message: string) => void logged.push(message) };
    const failing = await startMediaServer({
      host: '127.0.0.1',
      port: 0,
      authority,
      store: await BlobStore.open({ directory }),
      log,
    });
    try {
      const { directPath } = await failing.publish(randomBytes(100));
      await remove();
      const bytes = randomBytes(100_000);
      const path = uploadPath(idOf(bytes), { auth: failing.issueAuth().auth });
      const reply = await requestMedia(failing, authority.certificate, path, { method: 'POST', body: [bytes] });
      expect([reply.status, logged]).toEqual([500, ['a media request failed']]);
      await expect(requestMedia(failing, authority.certificate, directPath)).rejects.toMatchObject({
        code: 'ECONNRESET',
      });
      expect((await requestMedia(failing, authority.certificate, '/')).status).toBe(404);
    } finally {
      await failing.close();
    }
  });
});

describe('hostile input', () => {
  it.each([
    ['noise instead of TLS', async () => connect(server.port, '127.0.0.1').end(randomBytes(2_000))],
    ['a plain HTTP request', async () => connect(server.port, '127.0.0.1').end('GET / HTTP/1.1\r\n\r\n')],
    ['noise inside TLS', async () => (await secure()).end(randomBytes(2_000))],
    ['a header without end', async () => (await secure()).end(`GET / HTTP/1.1\r\nx: ${'y'.repeat(100_000)}`)],
    ['an invalid URL', async () => (await secure()).end('GET http://[::::/%00?%zz HTTP/1.1\r\nhost: x\r\n\r\n')],
    [
      'an invalid chunk',
      async () =>
        (await secure()).end(
          `POST ${uploadPath('a'.repeat(43))} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
        ),
    ],
    [
      'an upgrade',
      async () =>
        (await secure()).end('GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'),
    ],
    ['a tunnel', async () => (await secure()).end('CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\n')],
  ])('%s does not break the server', async (_what, attack) => {
    const socket = (await attack()).on('error', () => undefined);
    socket.resume();
    await new Promise((closed) => socket.once('close', closed));
    expect(await stillServes()).toBe(true);
  });
});

describe('a fault', () => {
  const document = randomBytes(300_000);
  const content = { document, mimetype: 'text/plain' };

  it('with a status affects the given number of requests', async () => {
    const { directPath } = await server.publish(document);
    server.faults.add({ on: 'download', kind: 'status', status: 503, count: 2 });
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await requestMedia(server, ca, directPath)).status);
    expect(statuses).toEqual([503, 503, 200]);
    expect(server.faults.waiting()).toEqual([]);
  });

  it.each<MediaFault>([
    { on: 'upload', kind: 'status', status: 500, count: 1 },
    { on: 'upload', kind: 'cut', count: 1 },
  ])('of kind $kind makes one upload fail', async (fault) => {
    server.faults.add(fault);
    await expect(client.upload(content)).rejects.toThrow('Media upload failed');
    await expect(client.upload(content)).resolves.toBeDefined();
  });

  it('cuts off a download halfway', async () => {
    const { directPath } = await server.publish(document);
    server.faults.add({ on: 'download', kind: 'cut', count: 1 });
    const response = await openMedia(server, ca, directPath);
    let received = 0;
    response.on('data', (chunk: Buffer) => (received += chunk.length));
    await expect(once(response, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(received).toBe(document.length / 2);
  });

  it('hangs until the server closes', async () => {
    const authority = await TlsAuthority.generate();
    const hanging = await startMediaServer({ host: '127.0.0.1', port: 0, authority, store });
    const { directPath } = await hanging.publish(document);
    hanging.faults.add({ on: 'download', kind: 'hang', count: 1 });
    const hung = requestMedia(hanging, authority.certificate, directPath);
    expect((await requestMedia(hanging, authority.certificate, directPath)).status).toBe(200);
    await Promise.all([expect(hung).rejects.toMatchObject({ code: 'ECONNRESET' }), hanging.close(), hanging.close()]);
  });

  it('is validated', () => {
    expect(() => server.faults.add({ on: 'upload', kind: 'hang', count: 0 })).toThrow(RangeError);
    expect(() => server.faults.add({ on: 'upload', kind: 'status', status: 200, count: 1 })).toThrow(RangeError);
  });
});
