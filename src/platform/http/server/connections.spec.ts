import { afterEach, beforeEach, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { endConnectionsAtStop, limitConnections } from './connections.js';

let server: FastifyInstance;
let answer: () => void;
let asked: Promise<void>;

beforeEach(async () => {
  server = Fastify();
  limitConnections(server, { maxConnectionsPerAddress: 3 });
  endConnectionsAtStop(server);
  asked = new Promise((heard) => {
    server.get('/slow', async () => {
      heard();
      await new Promise<void>((resolve) => (answer = resolve));
      return 'done';
    });
  });
  server.get('/', () => 'done');
  await server.listen({ host: '127.0.0.1', port: 0 });
});

afterEach(() => server.close());

const open = async (): Promise<Socket> => {
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
};
const ask = (socket: Socket, path: string): boolean => socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);

it('a server that stops answers what is asked, and waits for no connection that asks nothing', async () => {
  const unused = await open();
  const idle = await open();
  ask(idle, '/');
  await once(idle, 'data');
  const busy = await open();
  ask(busy, '/slow');
  await asked;
  const stopped = server.close();
  await Promise.all([text(unused), text(idle)]);
  answer();
  expect(await text(busy)).toMatch(/^HTTP\/1\.1 200 OK.*done$/s);
  await stopped;
});

it('a connection that is given up for another protocol, and taken back, counts once', async () => {
  server.server.on('upgrade', (_request, socket: Socket) => {
    socket.unshift('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    server.server.emit('connection', socket);
  });
  const socket = await open();
  const connections: number[] = [];
  for (let time = 0; time < 5; time += 1) {
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK.*done$/s);
    connections.push(
      await new Promise<number>((resolve) => server.server.getConnections((_error, count) => resolve(count))),
    );
  }
  expect(connections).toEqual([1, 1, 1, 1, 1]);
  socket.destroy();
});
