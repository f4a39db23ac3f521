import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';

/** HEAD is answered by the routes for GET. Where that is a stream, nothing of it is read: Fastify would read all of it, for nobody. */
export const answerHeads = (server: FastifyInstance): void => {
  server.addHook('onSend', (request, _reply, payload, next) => {
    if (request.method !== 'HEAD' || !(payload instanceof Readable)) return next(null, payload);
    payload.destroy();
    next(null, Readable.from([]));
  });
};
