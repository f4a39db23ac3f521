import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { answerHeads } from './head-answers.js';

let server: FastifyInstance;
let read = 0;
let source: Readable;

beforeEach(() => {
  server = Fastify();
  answerHeads(server);
  read = 0;
  source = new Readable({
    read() {
      read += 1;
      this.push(read > 100 ? null : 'x'.repeat(1000));
    },
  });
  server.get('/file', (_request, reply) => reply.header('content-length', '100000').type('text/plain').send(source));
  server.get('/text', () => 'done');
});

afterEach(() => server.close());

it('HEAD of what is streamed has its headers, reads nothing of it, and closes it', async () => {
  const { statusCode, headers, body } = await server.inject({ method: 'HEAD', url: '/file' });
  expect([statusCode, body]).toEqual([200, '']);
  expect(headers).toMatchObject({ 'content-length': '100000', 'content-type': 'text/plain' });
  expect([read, source.destroyed]).toEqual([0, true]);
});

it('GET of it has all of it, and HEAD of anything else its length', async () => {
  expect((await server.inject({ url: '/file' })).body).toHaveLength(100_000);
  expect((await server.inject({ method: 'HEAD', url: '/text' })).headers['content-length']).toBe('4');
});
