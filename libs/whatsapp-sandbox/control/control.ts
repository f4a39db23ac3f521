import fastify from 'fastify';
import { silentLogger, type SandboxLogger } from '../logger.js';
import type { Sandbox } from '../sandbox.js';
import type { Context } from './context.js';
import { Feed } from './feed.js';
import { guardAgainstForeignPages } from './guard.js';
import { publishOpenApi } from './openapi.js';
import { problemOf, Refusal } from './problem.js';
import { eventRoutes } from './routes/events.js';
import { faultRoutes } from './routes/faults.js';
import { groupRoutes } from './routes/groups.js';
import { linkingRoutes } from './routes/linking.js';
import { messageRoutes } from './routes/messages.js';
import { pageRoutes } from './routes/page.js';
import { phoneRoutes } from './routes/phones.js';
import { systemRoutes } from './routes/system.js';
import { transcriptRoutes } from './routes/transcript.js';
import { withZod, type ControlApp } from './zod-routes.js';

export type ControlOptions = {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Loopback unless said otherwise: there is no password. */
  readonly host?: string;
  /** Ends the sandbox, and after so many milliseconds starts one that goes on from the same state. */
  readonly restart?: (sandbox: Sandbox, downMs: number) => Promise<Sandbox>;
  readonly logger?: SandboxLogger;
};

/** A running control API with its web page. */
export type Control = {
  readonly url: string;
  readonly port: number;
  /** Ends live streams and frees the port; the sandbox goes on. Harmless when called twice. */
  stop(): Promise<void>;
};

/** Offers a sandbox over HTTP. Rejects when the port is taken. */
export async function startControl(sandbox: Sandbox, options: ControlOptions = {}): Promise<Control> {
  const { host = '127.0.0.1', port = 0, restart, logger = silentLogger } = options;
  let current = sandbox;
  let isRestarting = false;
  const restartOnce = async (downMs: number): Promise<void> => {
    if (!restart) throw new Refusal(409, 'no_state_file', 'a restart would lose everything: start it with --state');
    if (isRestarting) throw new Refusal(409, 'restarting', 'a restart is under way');
    isRestarting = true;
    try {
      current = await restart(current, downMs);
    } finally {
      isRestarting = false;
    }
  };
  const app = await createApp(host, logger, { sandbox: () => current, restart: restartOnce });
  await app.listen({ host, port });
  const { port: actual } = app.server.address() as { port: number };
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    port: actual,
    stop: async () => app.close(),
  };
}

async function createApp(host: string, logger: SandboxLogger, context: Context): Promise<ControlApp> {
  const app = withZod(fastify({ forceCloseConnections: true }));
  takeJsonOnly(app);
  app.addHook('onRequest', guardAgainstForeignPages(host));
  app.addHook('onRequest', async ({ id }, reply) => {
    void reply.headers({
      'x-request-id': id,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, request.id);
    if (problem.status >= 500) logger.error({ err: error, path: request.url }, 'a control request failed');
    return reply.status(problem.status).type('application/problem+json').serializer(JSON.stringify).send(problem);
  });
  app.setNotFoundHandler(async ({ method, url }) => {
    throw new Refusal(404, 'not_found', `there is nothing at ${method} ${url}`);
  });
  await publishOpenApi(app);
  phoneRoutes(app, context);
  linkingRoutes(app, context);
  messageRoutes(app, context);
  groupRoutes(app, context);
  faultRoutes(app, context);
  transcriptRoutes(app, context);
  systemRoutes(app, context);
  eventRoutes(app, new Feed(context.sandbox));
  await pageRoutes(app);
  return app;
}

/** A page elsewhere may send plain text without asking first; JSON it may not. No body is as good as an empty one. */
function takeJsonOnly(app: ControlApp): void {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body, done);
  });
}
