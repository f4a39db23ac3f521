import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger as NestLogger } from 'nestjs-pino';
import { requestIdOf, scopeRequests } from './platform/http/request-scope.js';

const megabyte = 1024 * 1024;

/** Makes the service that a root module describes ready to listen. @throws {StoreUnavailable | ReadModelsUnavailable} the data directory cannot be used. */
export const createApp = async (root: DynamicModule): Promise<NestFastifyApplication> => {
  const adapter = new FastifyAdapter({ genReqId: requestIdOf, bodyLimit: megabyte, return503OnClosing: true });
  scopeRequests(adapter.getInstance());
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(NestLogger));
  return app;
};
