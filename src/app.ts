import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { Config } from '#config';
import type { OnAnswered } from './platform/http/server/answered-request.js';
import { httpServer } from './platform/http/server/http-server.js';
import { logRequests } from './platform/http/server/request-scope.js';
import type { HttpSettings } from './platform/http/server/settings.js';
import { withoutRedaction } from './platform/logging.js';
import { Metrics } from './platform/metrics/metrics.js';
import { NestLog } from './platform/nest-log.js';
import { serveDocumentation } from './platform/openapi/pages.js';
import { RequestLog } from './platform/request-log/request-log.js';

/** Creates the application for a root module, ready to listen. Closing it closes its stores. */
export const createApp = async (
  root: DynamicModule,
  logger: Logger,
  settings: HttpSettings = {},
): Promise<NestFastifyApplication> => {
  let record: OnAnswered = () => {};
  const adapter = httpServer(settings, (request) => record(request));
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: new NestLog(logger),
    bodyParser: false, // the server has its own
    abortOnError: false,
  });
  const [requestLog, metrics] = [app.get(RequestLog), app.get(Metrics)];
  record = (request) => {
    requestLog.record(request);
    metrics.record(request);
  };
  logRequests(adapter.getInstance(), withoutRedaction(logger));
  serveDocumentation(app);
  return app;
};

/** The HTTP server as it is configured. */
export const httpSettingsOf = (config: Config): HttpSettings => ({
  trustedProxies: config.WAYBILL_TRUSTED_PROXIES,
  requestTimeoutMs: config.WAYBILL_HTTP_REQUEST_TIMEOUT * 1000,
  headersTimeoutMs: config.WAYBILL_HTTP_HEADERS_TIMEOUT * 1000,
  idleTimeoutMs: config.WAYBILL_HTTP_IDLE_TIMEOUT * 1000,
  maxConnections: config.WAYBILL_HTTP_MAX_CONNECTIONS,
  maxConnectionsPerAddress: config.WAYBILL_HTTP_MAX_CONNECTIONS_PER_ADDRESS,
  isForMonitoringOnly: !config.WAYBILL_ROLES.includes('api'),
});
