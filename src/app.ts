import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger as NestLogger } from 'nestjs-pino';
import { requestIdOf, scopeRequests } from './platform/http/request-scope.js';

const megabyte = 1024 * 1024;

/** Makes the service that a root module describes ready to listen. It closes its stores when it is closed. */
export const createApp = async (root: DynamicModule): Promise<NestFastifyApplication> => {
  const adapter = new FastifyAdapter({ genReqId: requestIdOf, bodyLimit: megabyte, return503OnClosing: true });
  const server = adapter.getInstance();
  server.removeContentTypeParser('text/plain'); // only JSON is understood; anything else is 415
  scopeRequests(server);
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    bufferLogs: true,
    bodyParser: false, // Fastify's own, which knows JSON alone
    abortOnError: false,
  });
  app.useLogger(app.get(NestLogger));
  return app;
};
