import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '#lib/event-sourcing';
import { MalformedRequest, MethodNotAllowed, NoApiHere } from '../problem.js';
import { observeAnswers, type OnAnswered } from './answered-request.js';
import { answerClientError } from './client-errors.js';
import { endConnectionsAtStop, limitConnections } from './connections.js';
import { answerHeads } from './head-answers.js';
import { inviteBodies } from './invite-bodies.js';
import { parseJsonBodies } from './json-body.js';
import { knownPaths } from './other-methods.js';
import { requestIdOf } from './request-scope.js';
import { answerRouterError } from './router-errors.js';
import { addStandardHeaders } from './security-headers.js';
import type { HttpSettings } from './settings.js';
import { streamBodies } from './streamed-body.js';

/** For routes that do not say otherwise. */
const defaultMaxBodyBytes = 1024 * 1024;
const timeoutCheckIntervalMs = 1000;

/** For Fastify's own schemas, which no route has: by default, it loads and sets up a library for each of both. */
const noCompiler = () => (): never => {
  throw new Error('Routes are checked by the schemas that Nest knows');
};

/** What nobody is asked about first. */
const refusalOf = (request: FastifyRequest, { isForMonitoringOnly }: Pick<HttpSettings, 'isForMonitoringOnly'>) => {
  const { raw, headers, routeOptions } = request;
  if (headers.host === undefined && raw.httpVersion !== '1.0') return new MalformedRequest('There is no Host header');
  if (isForMonitoringOnly === true && routeOptions.config.isUncounted !== true) return new NoApiHere();
  return undefined;
};

/** Refuses what no route is for once it was counted for whoever asks, and before its body is invited or read. */
const refuseUnrouted = (server: FastifyInstance): void => {
  const methodsOf = knownPaths(server);
  server.addHook('preParsing', (request, _reply, payload, next) => {
    if (!request.is404) return next(null, payload);
    const allow = methodsOf(request);
    return next(
      allow === undefined
        ? new DomainError('not_found', 'not_found', 'There is no such route')
        : new MethodNotAllowed(allow),
    );
  });
};

/** The HTTP server under Nest: what it refuses before a route is reached, and what every answer has. `onAnswered` is told of each. */
export const httpServer = (settings: HttpSettings, onAnswered: OnAnswered): FastifyAdapter => {
  const { trustedProxies = [], requestTimeoutMs = 0, headersTimeoutMs, idleTimeoutMs } = settings;
  const adapter = new FastifyAdapter({
    genReqId: requestIdOf,
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
    bodyLimit: defaultMaxBodyBytes,
    return503OnClosing: true,
    frameworkErrors: answerRouterError,
    clientErrorHandler: answerClientError,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    requestTimeout: requestTimeoutMs,
    ...(idleTimeoutMs !== undefined && { keepAliveTimeout: idleTimeoutMs }),
    http: {
      requireHostHeader: false, // Node's own answer is no problem document: see below
      connectionsCheckingInterval: timeoutCheckIntervalMs,
      ...(headersTimeoutMs !== undefined && { headersTimeout: headersTimeoutMs }),
    },
  });
  const server = adapter.getInstance();
  refuseUnrouted(server);
  parseJsonBodies(server);
  streamBodies(server);
  limitConnections(server, settings);
  endConnectionsAtStop(server);
  inviteBodies(server);
  answerHeads(server);
  server.decorateRequest('caller');
  server.decorateRequest('authenticated');
  server.decorateRequest('problemCode');
  observeAnswers(server, onAnswered); // first: what a later hook refuses is answered, too
  server.addHook('onRequest', (request, reply, next) => {
    addStandardHeaders(request, reply);
    next(refusalOf(request, settings));
  });
  return adapter;
};
