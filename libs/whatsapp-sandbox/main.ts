import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { startControl } from './control/index.js';
import { startSandbox, type Sandbox, type SandboxOptions } from './sandbox.js';

const usage = `usage: whatsapp-sandbox [--port N] [--control-port N] [--media-port N] [--host ADDRESS] [--state FILE] [--log LEVEL]

  --port          port for clients (3100)
  --control-port  port of the web page and the control API (3101)
  --media-port    where clients upload and download files (default: any free port)
  --host          address to bind to (127.0.0.1; there is no authentication)
  --state         file that keeps the state across restarts (default: in memory only)
  --log           log level, on standard error (warn)
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '3100' },
      'control-port': { type: 'string', default: '3101' },
      'media-port': { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      state: { type: 'string' },
      log: { type: 'string', default: 'warn' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const { host } = values;
  const logger = pino({ level: values.log }, pino.destination(2));
  const options: SandboxOptions = {
    port: portOf(values.port),
    mediaPort: portOf(values['media-port']),
    host,
    ...(values.state !== undefined && { stateFile: values.state }),
    logger,
  };
  const controlPort = portOf(values['control-port']);

  let sandbox = await startSandbox(options).catch(explainPortConflict('--port or --media-port'));
  const restart = async (running: Sandbox, downMs: number): Promise<Sandbox> => {
    await running.stop();
    await delay(downMs);
    return (sandbox = await startSandbox({ ...options, port: running.port }));
  };
  const control = await startControl(sandbox, {
    host,
    port: controlPort,
    logger,
    ...(values.state !== undefined && { restart }),
  }).catch(explainPortConflict('--control-port'));
  process.stdout.write(welcome(sandbox.url, control.url));

  const stop = (): void => {
    void Promise.all([control.stop(), sandbox.stop()]).then(() => process.exit(0), fail);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

const welcome = (url: string, control: string): string => `
The WhatsApp sandbox is running.

  clients connect to  ${url}
  web page            ${control}
  control API         ${control}/docs
  certificate         ${control}/ca.pem

Next: open the web page, or create a phone and let it scan the QR string that your client shows:

  curl ${control}/phones -H 'content-type: application/json' -d '{"number": "491701234567"}'
  curl ${control}/phones/491701234567/scan -H 'content-type: application/json' -d '{"qr": "2@…"}'

See docs/sandbox.md for more.

Ctrl-C stops it.
`;

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${text} is not a port`);
  return port;
}

/** Explains a port conflict in one line and names the option that changes the port. */
const explainPortConflict =
  (option: string) =>
  (error: NodeJS.ErrnoException & { readonly port?: number }): never => {
    if (error.code === 'EADDRINUSE') {
      throw new Error(`port ${error.port} is in use: is another sandbox running? Use ${option} to choose another port`);
    }
    throw error;
  };

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

main().catch(fail);
