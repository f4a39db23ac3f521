import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** The `Content-Type` as it was sent, on routes that read their body themselves. */
    bodyType?: string | undefined;
  }
}

/** What the parser of streams is registered for. */
const stream = 'application/octet-stream';

class UnsupportedMediaType extends Error {
  readonly statusCode = 415;
}

/** Routes that ask for it (`streamsBody`) get their body as the stream that it is, of whatever type; to all others its type is 415. */
export const streamBodies = (server: FastifyInstance): void => {
  server.decorateRequest('bodyType');
  server.addHook('preParsing', (request, _reply, payload, next) => {
    if (request.routeOptions.config.streamsBody) {
      const { headers } = request.raw;
      request.bodyType = headers['content-type'];
      headers['content-type'] = stream; // even JSON is not parsed
    }
    next(null, payload);
  });
  server.addContentTypeParser(stream, (request, payload, done) => {
    if (request.routeOptions.config.streamsBody) done(null, payload);
    else done(new UnsupportedMediaType(`${stream} is not taken`));
  });
};
