import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { ProblemFilter } from './problem.filter.js';

let server: FastifyInstance;
let logged: unknown[];
let caught: Promise<unknown>;
let asked: Promise<void>;

const breaks = (): Readable =>
  new Readable({
    read() {
      this.destroy();
    },
  });

beforeEach(async () => {
  server = Fastify();
  server.decorateRequest('caller');
  server.decorateRequest('problemCode');
  logged = [];
  const note = (fields: object, message: string): unknown => logged.push([message, fields]);
  const log = { info: note, warn: note, error: note };
  const filter = new ProblemFilter(log);
  const answer = filter.catch.bind(filter);
  caught = new Promise((seen) => {
    server.setErrorHandler((error, request, reply) => {
      answer(error, new ExecutionContextHost([request, reply]));
      seen(error);
    });
  });
  // Of a request that has not been read to its end, Fastify itself sees that its caller has left.
  server.addHook('onRequest', (request, _reply, next) => void request.raw.resume().once('end', next));
  server.get('/waits', (_request, reply) => reply.send(new PassThrough()));
  server.get('/breaks', (_request, reply) => reply.send(breaks()));
  asked = new Promise((heard) => server.addHook('preHandler', async () => heard()));
  await server.listen({ host: '127.0.0.1', port: 0 });
});

afterEach(() => server.close());

const ask = async (path: string): Promise<Socket> => {
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  return socket;
};

it('a caller who leaves before what they asked for begins to come is no failure', async () => {
  const socket = await ask('/waits');
  await asked;
  socket.destroy();
  expect(await caught).toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
  expect(logged).toEqual([]);
});

it('a file that breaks off for a caller who waits for it is one', async () => {
  const socket = await ask('/breaks');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toContain('500 Internal Server Error');
  expect(await caught).toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
  expect(logged).toMatchObject([['Request failed', { err: { code: 'ERR_STREAM_PREMATURE_CLOSE' } }]]);
  socket.destroy();
});
