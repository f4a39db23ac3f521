import type { FastifyInstance } from 'fastify';
import { MalformedRequest } from '../problem.js';
import { jsonLimitExceeded } from './json-shape.js';

const maxJsonDepth = 32;
/** For routes that do not say otherwise. */
const defaultMaxJsonKeys = 1000;

const notJson = 'The body is not valid JSON, or has a field whose name is not allowed: __proto__ or constructor';

/** Bodies are JSON: anything else is 415. An empty body is no body. */
export const parseJsonBodies = (server: FastifyInstance): void => {
  server.removeContentTypeParser(['text/plain', 'application/json']);
  const parse = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, undefined);
    const { maxBodyKeys: maxKeys = defaultMaxJsonKeys } = request.routeOptions.config;
    const exceeded = jsonLimitExceeded(body, { maxDepth: maxJsonDepth, maxKeys });
    if (exceeded !== undefined) return done(new MalformedRequest(exceeded));
    return parse(request, body, (error, parsed) => done(error ? new MalformedRequest(notJson) : null, parsed));
  });
  server.addHook('onRoute', (route) => {
    const { maxBodyBytes } = route.config ?? {};
    if (maxBodyBytes !== undefined) route.bodyLimit = maxBodyBytes;
  });
};
