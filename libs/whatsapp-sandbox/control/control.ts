import { silentLogger, type SandboxLogger } from '../logger.js';
import type { Sandbox } from '../sandbox.js';
import type { ControlContext } from './context.js';
import { ChangeFeed } from './change-feed.js';
import { guardAgainstOtherOrigins } from './guard.js';
import { publishOpenApi } from './openapi.js';
import { toProblem, ControlError } from './problem.js';
import { accountStateRoutes } from './routes/account-state.js';
import { callRoutes } from './routes/calls.js';
import { eventRoutes } from './routes/events.js';
import { faultRoutes } from './routes/faults.js';
import { channelRoutes } from './routes/channels.js';
import { groupRoutes } from './routes/groups.js';
import { linkingRoutes } from './routes/linking.js';
import { messageRoutes } from './routes/messages.js';
import { pageRoutes } from './page-routes.js';
import { phoneRoutes } from './routes/phones.js';
import { systemRoutes } from './routes/system.js';
import { transcriptRoutes } from './routes/transcript.js';
import { withZod, type ControlApp } from './zod-routes.js';

type ControlOptions = {
  /** 0, the default, picks a free port. */
  readonly port?: number;
  /** Loopback by default: there is no authentication. */
  readonly host?: string;
  /** Stops the sandbox and starts another from the same state after `downMs`. */
  readonly restart?: (sandbox: Sandbox, downMs: number) => Promise<Sandbox>;
  readonly logger?: SandboxLogger;
};

/** A running control API and its web page. */
export type Control = {
  readonly url: string;
  readonly port: number;
  /** Ends event streams and frees the port; the sandbox keeps running. Idempotent. */
  stop(): Promise<void>;
};

/** Serves the control API of a sandbox over HTTP. Rejects if the port is taken. */
export async function startControl(sandbox: Sandbox, options: ControlOptions = {}): Promise<Control> {
  const { host = '127.0.0.1', port = 0, restart, logger = silentLogger } = options;
  let current = sandbox;
  let isRestarting = false;
  const restartOnce = async (downMs: number): Promise<void> => {
    if (!restart)
      throw new ControlError(409, 'no_state_file', 'a restart would lose the state: start the sandbox with --state');
    if (isRestarting) throw new ControlError(409, 'restarting', 'a restart is in progress');
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

async function createApp(host: string, logger: SandboxLogger, context: ControlContext): Promise<ControlApp> {
  const app = withZod({ forceCloseConnections: true });
  acceptJsonOnly(app);
  app.addHook('onRequest', guardAgainstOtherOrigins(host));
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
    const problem = toProblem(error, request.id);
    if (problem.status >= 500) logger.error({ err: error, path: request.url }, 'control API request failed');
    return reply.status(problem.status).type('application/problem+json').serializer(JSON.stringify).send(problem);
  });
  app.setNotFoundHandler(async ({ method, url }) => {
    throw new ControlError(404, 'not_found', `no route for ${method} ${url}`);
  });
  await publishOpenApi(app);
  phoneRoutes(app, context);
  linkingRoutes(app, context);
  messageRoutes(app, context);
  groupRoutes(app, context);
  channelRoutes(app, context);
  callRoutes(app, context);
  accountStateRoutes(app, context);
  faultRoutes(app, context);
  transcriptRoutes(app, context);
  systemRoutes(app, context);
  eventRoutes(app, new ChangeFeed(context.sandbox));
  await pageRoutes(app);
  return app;
}

/** Accepts JSON only: browsers send it across origins only after a preflight. An empty body counts as none. */
function acceptJsonOnly(app: ControlApp): void {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body, done);
  });
}
