import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { newId } from '#lib/ids';
import type { Log } from '#lib/subscriptions';

/** Letters that can stand in a log line and a header without harm. */
const acceptable = /^[\w.:@/+=-]{1,128}$/;

/** A caller's own request id is kept where it is harmless; otherwise there is a new one. */
export const requestIdOf = (request: Pick<IncomingMessage, 'headers'>): string => {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && acceptable.test(given) ? given : newId();
};

/** Gives every answer its `X-Request-Id`. */
export const nameRequests = (server: FastifyInstance): void => {
  server.decorateRequest('caller');
  server.addHook('onRequest', (request, reply, next) => {
    void reply.header('x-request-id', request.id);
    next();
  });
};

/** Logs every answer: by the route's pattern, so that no id, key or search word of an address gets into the log. */
export const logRequests = (server: FastifyInstance, log: Log): void => {
  server.addHook('onResponse', (request, reply, next) => {
    const { method, id: requestId } = request;
    const route = request.routeOptions.url ?? 'none';
    log.info({ requestId, method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'Answered');
    next();
  });
};
