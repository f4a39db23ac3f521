import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { newId } from '#lib/ids';
import type { Log } from '#lib/subscriptions';

/** Characters that are safe in a log line and a header. */
const safeId = /^[\w.:@/+=-]{1,128}$/;

/** The caller's own request id where it is safe, otherwise a new one. */
export const requestIdOf = (request: Pick<IncomingMessage, 'headers'>): string => {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && safeId.test(given) ? given : newId();
};

/** Logs every answer, by the pattern of its route: no id, key or search word of a URL gets into the log. */
export const logRequests = (server: FastifyInstance, log: Log): void => {
  server.addHook('onResponse', (request, reply, next) => {
    const { method, id: requestId } = request;
    const route = request.routeOptions.url ?? 'none';
    log.info({ requestId, method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'Answered');
    next();
  });
};
