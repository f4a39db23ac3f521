import { parseArgs } from 'node:util';
import pino from 'pino';
import { startSandbox } from './sandbox.js';

const USAGE = `usage: whatsapp-sandbox [--port N] [--media-port N] [--host ADDRESS] [--state FILE] [--log LEVEL]

  --port        where clients connect (3100)
  --media-port  where clients upload and download files (any free one)
  --host        address to bind to (127.0.0.1; there is no password, so think before changing it)
  --state       file that keeps everything over a restart (nothing is kept without it)
  --log         level of the log on standard error (warn)
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '3100' },
      'media-port': { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      state: { type: 'string' },
      log: { type: 'string', default: 'warn' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const sandbox = await startSandbox({
    port: portOf(values.port),
    mediaPort: portOf(values['media-port']),
    host: values.host,
    ...(values.state !== undefined && { stateFile: values.state }),
    logger: pino({ level: values.log }, pino.destination(2)),
  });
  process.stdout.write(`clients connect to ${sandbox.url}\n`);
  const stop = (): void => void sandbox.stop().then(() => process.exit(0), fail);
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${text} is no port`);
  return port;
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

main().catch(fail);
