import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger as NestLogger } from 'nestjs-pino';
import type { Logger } from 'pino';
import { answerRouterError } from './platform/http/router-errors.js';
import { logRequests, requestIdOf, nameRequests } from './platform/http/request-scope.js';
import { secureHeaders } from './platform/http/security-headers.js';
import { withoutRedaction } from './platform/logging.js';
import { serveDocumentation } from './platform/openapi/pages.js';
import { LOG } from './platform/tokens.js';

const maxBodyBytes = 1024 * 1024;

/**
 * Creates the application for a root module, ready to listen. Closing it closes its stores. `X-Forwarded-For` is trusted only from
 * `trustedProxies` (addresses or CIDRs).
 */
export const createApp = async (
  root: DynamicModule,
  { trustedProxies = [] }: { readonly trustedProxies?: readonly string[] } = {},
): Promise<NestFastifyApplication> => {
  const adapter = new FastifyAdapter({
    genReqId: requestIdOf,
    bodyLimit: maxBodyBytes,
    return503OnClosing: true,
    frameworkErrors: answerRouterError,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
  });
  const server = adapter.getInstance();
  server.removeContentTypeParser('text/plain'); // only JSON is accepted; anything else is 415
  nameRequests(server);
  secureHeaders(server);
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    bufferLogs: true,
    bodyParser: false, // Fastify's own, which parses JSON only
    abortOnError: false,
  });
  app.useLogger(app.get(NestLogger));
  logRequests(server, withoutRedaction(app.get<Logger>(LOG)));
  serveDocumentation(app);
  return app;
};
