import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { LiveSocket } from './live-socket.js';

let server: WebSocketServer;

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
});
afterAll(() => server.close());

describe('a WebSocket that the service ends', () => {
  it.each([
    ['service_stopping', 1001],
    ['internal_error', 1011],
    ['slow_reader', 1013],
    ['store_unavailable', 1013],
    ['too_many_frames', 1008],
    ['unauthorized', 1008],
  ])('for %s is closed with %i', async (code, closeCode) => {
    server.once('connection', (socket) => new LiveSocket(socket).end({ code, detail: 'As asked' }));
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const [closed, reason] = (await once(client, 'close')) as [number, Buffer];
    expect([closed, reason.toString()]).toEqual([closeCode, code]);
  });
});
