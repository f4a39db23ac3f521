import type { FastifyInstance } from 'fastify';

/** Answers `Expect: 100-continue` once the caller is known: by itself, Node would invite the body of any stranger. */
export const inviteBodies = (server: FastifyInstance): void => {
  const { server: http } = server;
  http.on('checkContinue', (request, response) => http.emit('request', request, response));
  server.addHook('preParsing', (request, reply, payload, next) => {
    if (request.headers.expect !== undefined) reply.raw.writeContinue();
    next(null, payload);
  });
};
