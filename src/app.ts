import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger as NestLogger } from 'nestjs-pino';
import type { Logger } from 'pino';
import type { Config } from '#config';
import { AppModule } from './app.module.js';
import { requestIdOf, scopeRequests } from './platform/http/request-scope.js';

const megabyte = 1024 * 1024;

/** Makes the service ready to listen. @throws {StoreUnavailable | ReadModelsUnavailable} the data directory cannot be used. */
export const createApp = async (config: Config, logger: Logger): Promise<NestFastifyApplication> => {
  const adapter = new FastifyAdapter({ genReqId: requestIdOf, bodyLimit: megabyte, return503OnClosing: true });
  scopeRequests(adapter.getInstance());
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config, logger), adapter, {
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(NestLogger));
  return app;
};
