import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { EventStreamClient, type LiveEvent } from '../support/event-stream.js';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { asking, askAndReset, webSocketHead } from '../support/resetting-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import { SocketClient } from '../support/socket-client.js';

import type { SandboxPhone } from '../support/sandbox-client.js';

let waybill: WaybillClient;
let client: MessagesClient;
let friend: SandboxPhone;

beforeAll(async () => {
  waybill = await sharedWaybill();
  client = await MessagesClient.link(waybill);
  friend = await waybill.sandbox.newPhone();
  await client.call(`POST /v1/sessions/${client.session.id}/stop`); // what is sent waits: an event costs nothing else
}, 240_000);

const apiKey = (): string => client.session.user.key;
const openStream = (after?: string) =>
  EventStreamClient.open(
    `${waybill.url}/v1/events?types=message.queued${after === undefined ? '' : `&after=${after}`}`,
    {
      'x-api-key': apiKey(),
    },
  );
const openSocket = async (after?: string): Promise<SocketClient> => {
  const socket = await SocketClient.open(waybill.url);
  await socket.ask({ auth: { apiKey: apiKey() } });
  await socket.ask({ subscribe: { types: ['message.queued'], ...(after !== undefined && { after }) } });
  return socket;
};
const send = async (count: number): Promise<void> => {
  for (let sent = 0; sent < count; sent += 1) await client.send(friend, 'Hello');
};

describe('a WebSocket', () => {
  it('carries the same events, once its client has said who it is', async () => {
    const [socket, stream] = [await SocketClient.open(waybill.url), await openStream()];
    expect(await socket.ask({ auth: { apiKey: apiKey() } })).toEqual({
      authenticated: { userId: client.session.user.id },
    });
    expect(await socket.ask({ subscribe: {} })).toEqual({ subscribed: { cursor: expect.stringMatching(/^\d+$/) } });
    await send(1);
    const { cursor, ...event } = (await socket.until('message.queued')) as LiveEvent & { readonly cursor?: string };
    expect(await stream.until('message.queued')).toEqual(event);
    expect(cursor).toBe(stream.lastId);
    expect(await socket.ask({ ping: 7 })).toEqual({ pong: 7 });
    expect(await socket.ask({ subscribe: { types: ['message.sant'] } })).toMatchObject({
      error: { code: 'validation_failed' },
    });
    expect(await socket.ask('no JSON')).toMatchObject({ error: { code: 'validation_failed' } });
    expect(await socket.ask({ subscribe: { sessionId: client.session.user.id } })).toMatchObject({
      error: { code: 'session_not_found' },
    });
    await socket.ask({ subscribe: { types: ['session.*'] } }); // in the place of the one before
    const before = socket.events.length;
    await send(1);
    await eventually(() => stream.events.length === 2);
    expect(socket.events).toHaveLength(before);
    socket.cut();
    stream.cut();
  });

  it('is for nobody else: not without credentials, not with a ticket that is spent, not with a key that is revoked', async () => {
    const early = await SocketClient.open(waybill.url);
    expect(await early.ask({ subscribe: {} })).toMatchObject({ end: { code: 'unauthorized' } });
    await eventually(() => early.closed?.code === 1008 && early.closed.reason === 'unauthorized');
    const { ticket } = (await client.call('POST /v1/events/ticket')).body as { readonly ticket: string };
    const [first, second] = [await SocketClient.open(waybill.url), await SocketClient.open(waybill.url)];
    expect(await first.ask({ auth: { ticket } })).toHaveProperty('authenticated');
    expect(await second.ask({ auth: { ticket } })).toMatchObject({ end: { code: 'unauthorized' } });
    const weak = await waybill.newKey(client.session.user.id, { scopes: ['messages:read'] });
    const third = await SocketClient.open(waybill.url);
    expect(await third.ask({ auth: { apiKey: weak } })).toMatchObject({ end: { code: 'permission_missing' } });
    const issued = await waybill.admin(`POST /v1/admin/users/${client.session.user.id}/api-keys`, {
      body: { name: 'live' },
    });
    const { id, secret } = issued.body as { readonly id: string; readonly secret: string };
    const fourth = await SocketClient.open(waybill.url);
    await fourth.ask({ auth: { apiKey: secret } });
    await fourth.ask({ subscribe: {} });
    await waybill.admin(`DELETE /v1/admin/users/${client.session.user.id}/api-keys/${id}`);
    await eventually(() => fourth.closed?.reason === 'unauthorized');
    first.cut();
  });

  it('is no reason to refuse a client that asks for another protocol', async () => {
    const { port } = new URL(waybill.url);
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(Number(port), '127.0.0.1');
      socket
        .on('close', () => resolve(text))
        .on('data', (chunk) => {
          text += chunk.toString();
          if (text.includes('requestId')) socket.destroy();
        });
      const body = JSON.stringify({ email: 'a@example.com', password: 'wrong' });
      socket.write(
        `POST /v1/admin/auth/login HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n` +
          `HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
      );
      setImmediate(() => socket.write(body));
    });
    expect(answer).toContain('HTTP/1.1 401');
    expect((await waybill.call('GET /v1/ws')).body).toMatchObject({ code: 'no_websocket' });
  });
});

describe('a client that asks for a WebSocket', () => {
  it.each([
    ['the stream of events', '/v1/events?ticket=x'],
    ['the WebSocket', '/v1/ws'],
    ['a long answer', '/openapi.json'],
    ['the long answer of a file', '/redoc/redoc.standalone.js'],
    ['what is not there', '/v1/nothing'],
  ])('may reset the connection before the answer: %s', async (_what, path) => {
    for (let time = 0; time < 20; time += 1) {
      await askAndReset(waybill.url, webSocketHead(path));
      expect((await waybill.call('GET /health/live')).status).toBe(200);
    }
  });

  it.each([
    ['the WebSocket', webSocketHead('/v1/ws'), 'HTTP/1.1 101 Switching Protocols'],
    ['another protocol', webSocketHead('/v1/nothing').replace('websocket', 'h2c'), 'HTTP/1.1 404 Not Found'],
  ])('may do so before the answer to its last request: %s', async (_what, head, status) => {
    const requests = Array.from({ length: 3 }, () => 'GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n').join('');
    const socket = await asking(waybill.url, `${requests}${head}`);
    let answers = '';
    socket.on('data', (chunk: Buffer) => (answers += chunk.toString()));
    await eventually(() => answers.includes(status));
    expect(answers.match(/HTTP\/1\.1 \d+/g)?.slice(0, 3)).toEqual(Array.from({ length: 3 }, () => 'HTTP/1.1 200'));
    socket.destroy();
    await askAndReset(waybill.url, `${requests}${head}`);
    expect((await waybill.call('GET /health/live')).status).toBe(200);
  });

  it('may reset a long answer of which it reads nothing', async () => {
    const socket = await asking(waybill.url, webSocketHead('/redoc/redoc.standalone.js'));
    await once(socket, 'readable');
    socket.resetAndDestroy();
    expect((await waybill.call('GET /health/live')).status).toBe(200);
  });

  it('may reset a WebSocket, within a frame as well', async () => {
    for (const frame of [Buffer.alloc(0), Buffer.from([0x81, 0xfe])]) {
      const socket = await asking(waybill.url, webSocketHead('/v1/ws'));
      const [head] = (await once(socket, 'data')) as [Buffer];
      expect(head.toString()).toMatch(/^HTTP\/1.1 101 /);
      socket.write(frame, () => socket.resetAndDestroy());
      await once(socket, 'close');
      expect((await waybill.call('GET /health/live')).status).toBe(200);
    }
  });

  it.each([
    ['/health/live', 'HTTP/1.1 200 OK'],
    ['/v1/events?ticket=x', 'HTTP/1.1 401 Unauthorized'],
    ['/v1/ws/nothing', 'HTTP/1.1 404 Not Found'],
  ])('is answered as any other where there is none: %s', async (path, status) => {
    const head = webSocketHead(path).replace('Connection: Upgrade', 'Connection: Upgrade, close');
    const answer = await text(await asking(waybill.url, head));
    expect(answer.slice(0, status.length)).toBe(status);
    expect(answer).toMatch(/\r\n\r\n.*\}$/s);
  });
});

describe('readers', () => {
  it('who drop fifty times at random have every event once and in order', async () => {
    const start = await openStream();
    await eventually(() => start.lastId !== undefined);
    const from = start.lastId!;
    const count = 250;
    const got = { stream: [] as string[], socket: [] as string[] };
    const readInPieces = async (
      open: (after: string) => Promise<EventStreamClient | SocketClient>,
      into: string[],
    ): Promise<number> => {
      let [after, drops] = [from, 0];
      while (into.length < count) {
        const reader = await open(after);
        const enough = drops < 50 ? 1 + Math.floor(Math.random() * 5) : count - into.length;
        await eventually(() => reader.events.length >= Math.min(enough, count - into.length));
        reader.cut();
        const events = [...reader.events];
        into.push(...events.map(({ id }) => id));
        after = reader.lastId!;
        drops += 1;
      }
      return drops;
    };
    const [, byStream, bySocket] = await Promise.all([
      send(count),
      readInPieces(openStream, got.stream),
      readInPieces(openSocket, got.socket),
    ]);
    expect(Math.min(byStream, bySocket)).toBeGreaterThanOrEqual(50);
    await eventually(() => start.events.length === count);
    const all = start.events.map(({ id }) => id);
    expect(got.stream).toEqual(all);
    expect(got.socket).toEqual(all);
    expect(new Set(all).size).toBe(count);
    start.cut();
  }, 240_000);
});
