import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type Socket } from 'node:net';
import { eventually } from '../support/eventually.js';
import { startHttp, type HttpService } from '../support/http.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const maxConnectionsPerAddress = 3;
const maxConnections = 5;

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;
let port: number;
let sockets: Socket[] = [];

beforeAll(async () => {
  directory = await temporaryDirectory();
  service = await startHttp(directory.path, {
    maxConnectionsPerAddress,
    maxConnections,
    idleTimeoutMs: 1000,
    headersTimeoutMs: 3000,
    requestTimeoutMs: 4000,
  });
  await service.app.listen(0, '127.0.0.1');
  port = Number(new URL(await service.app.getUrl()).port);
});

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
});

afterAll(async () => {
  await service.app.close();
  await directory.remove();
});

/** Sends this and nothing more, and resolves with all that is answered until the server closes the connection. */
const send = async (text: string, localAddress = '127.0.0.1'): Promise<string> => {
  const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => undefined); // a reset is an answer too
  sockets.push(socket);
  let received = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
  socket.write(text);
  await new Promise((closed) => socket.once('close', closed));
  return received;
};

const head = (route: string, ...headers: readonly string[]) =>
  [`${route} HTTP/1.1`, 'host: x', 'content-type: application/json', ...headers, '', ''].join('\r\n');

describe('a stranger', () => {
  it('is refused before the body is read, and the connection is closed', async () => {
    const answer = await send(head('POST /v1/messages', 'content-length: 1000000', 'x-api-key: wrong'));
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
    expect(answer).toContain('"code":"unauthorized"');
  });

  it('is not invited to send a body, other than a caller of a public route', async () => {
    const expecting = ['expect: 100-continue', 'connection: close'];
    const refused = await send(head('POST /v1/messages', ...expecting, 'content-length: 1000000', 'x-api-key: wrong'));
    expect(refused).toMatch(/^HTTP\/1.1 401 /);
    const asked = await send(`${head('POST /v1/admin/auth/login', ...expecting, 'content-length: 2')}{}`);
    expect(asked).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 400 /);
  });

  it('is told in a problem document that the Host header is missing', async () => {
    const answer = await send('GET /v1/messages HTTP/1.1\r\nconnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('x-content-type-options: nosniff');
    expect(answer).toContain('"code":"malformed_request"');
  });

  it('gets answers that are not cached, also where the server is named in the request as for a proxy', async () => {
    const answer = await send(head('GET http://127.0.0.1/v1/messages', 'connection: close'));
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
    expect(answer).toContain('cache-control: no-store');
  });

  it('has no more connections than an address may have', async () => {
    const ask = () => send(head('GET /health/live', 'connection: close'));
    const open = Array.from({ length: maxConnectionsPerAddress }, () => send('GET '));
    expect(await ask()).toBe('');
    for (const socket of sockets) socket.destroy();
    await Promise.all(open);
    await eventually(async () => (await ask()).startsWith('HTTP/1.1 200 '));
  });

  it('finds no free connection when the service has all that it may have', async () => {
    const addresses = ['127.0.0.2', '127.0.0.2', '127.0.0.2', '127.0.0.3', '127.0.0.3'];
    const ask = () => send(head('GET /health/live', 'connection: close'), '127.0.0.4');
    const open = addresses.map((address) => send('GET ', address));
    await eventually(async () => (await ask()) === '');
    for (const socket of sockets) socket.destroy();
    await Promise.all(open);
    await eventually(async () => (await ask()).startsWith('HTTP/1.1 200 '));
  });

  it('who asks nothing more is cut', async () => {
    expect(await send(head('GET /health/live'))).toMatch(/^HTTP\/1.1 200 /);
  });

  it.each([
    ['the headers', 'GET /health/live HTTP/1.1\r\nhost: '],
    ['the body', `${head('POST /v1/admin/auth/login', 'content-length: 100')}{`],
  ])('who never ends %s is cut', async (_what, text) => {
    const answer = await send(text);
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toContain('"code":"request_timeout"');
  });

  it('who does not speak HTTP gets a problem with the headers of all answers', async () => {
    const answer = await send('EHLO waybill\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toMatch(/^content-type: application\/problem\+json\r$/m);
    expect(answer).toMatch(/^x-content-type-options: nosniff\r$/m);
    expect(answer).toMatch(/^x-request-id: [0-9a-f-]{36}\r$/m);
  });

  it('whose headers are too large gets a problem', async () => {
    const answer = await send(head('GET /health/live', `x-large: ${'x'.repeat(40_000)}`));
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
    expect(answer).toContain('"code":"headers_too_large"');
  });
});

describe('a user who asks too often', () => {
  it('is refused before the body is read', async () => {
    const token = await service.logIn();
    const user = { name: 'Busy', email: 'busy@example.com', limits: { requestsPerMinute: 1 } };
    const { id } = (await service.call('POST /v1/admin/users', { token, body: user })).body;
    const issued = await service.call(`POST /v1/admin/users/${id}/api-keys`, { token, body: { name: 'k' } });
    const key = issued.body.secret as string;
    await service.call('GET /v1/limits', { key });
    const answer = await send(head('POST /v1/messages', 'content-length: 1000000', `x-api-key: ${key}`));
    expect(answer).toMatch(/^HTTP\/1.1 429 /);
    expect(answer).toContain('"code":"rate_limited"');
  });
});
