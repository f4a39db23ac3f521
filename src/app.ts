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

const megabyte = 1024 * 1024;

/**
 * Makes the service that a root module describes ready to listen. It closes its stores when it is closed. `X-Forwarded-For` is believed
 * from `trustedProxies` (addresses or CIDRs) only.
 */
export const createApp = async (
  root: DynamicModule,
  { trustedProxies = [] }: { readonly trustedProxies?: readonly string[] } = {},
): Promise<NestFastifyApplication> => {
  const adapter = new FastifyAdapter({
    genReqId: requestIdOf,
    bodyLimit: megabyte,
    return503OnClosing: true,
    frameworkErrors: answerRouterError,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
  });
  const server = adapter.getInstance();
  server.removeContentTypeParser('text/plain'); // only JSON is understood; anything else is 415
  nameRequests(server);
  secureHeaders(server);
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    bufferLogs: true,
    bodyParser: false, // Fastify's own, which knows JSON alone
    abortOnError: false,
  });
  app.useLogger(app.get(NestLogger));
  logRequests(server, withoutRedaction(app.get<Logger>(LOG)));
  serveDocumentation(app);
  return app;
};
