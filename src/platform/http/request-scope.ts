import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { newId } from '#lib/ids';
import type { Log } from '#lib/subscriptions';
import { because } from '../cause.js';
import { actorOf } from './caller.js';

/** Letters that can stand in a log line and a header without harm. */
const acceptable = /^[\w.:@/+=-]{1,128}$/;

/** A caller's own request id is kept where it is harmless; otherwise there is a new one. */
export const requestIdOf = (request: Pick<IncomingMessage, 'headers'>): string => {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && acceptable.test(given) ? given : newId();
};

/** Gives every answer its `X-Request-Id`, and makes the request the cause of all that it leads to. */
export const scopeRequests = (server: FastifyInstance): void => {
  server.decorateRequest('caller');
  server.addHook('onRequest', (request, reply, next) => {
    void reply.header('x-request-id', request.id);
    const cause = {
      correlationId: request.id,
      causationId: request.id,
      /** Who asks is known only after this: the guard finds out. */
      get actor() {
        return actorOf(request.caller);
      },
    };
    because(cause, next);
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
