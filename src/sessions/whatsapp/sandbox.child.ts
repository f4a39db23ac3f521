import { setTimeout as delay } from 'node:timers/promises';
import { startSandbox, type Sandbox, type SandboxOptions } from '#lib/whatsapp-sandbox';
import { startControl } from '#lib/whatsapp-sandbox/control';
import { createLogger } from '../../platform/logging.js';
import type { SandboxAnswer, SandboxPlace } from './sandbox-beside.js';

/* The sandbox in a process of its own, which ends when the service does, for whatever reason. */

const stopTimeoutMs = 2000;

const run = async ({ port, controlPort, stateFile, logFormat }: SandboxPlace): Promise<void> => {
  const logger = createLogger({ LOG_LEVEL: 'warn', LOG_FORMAT: logFormat });
  const options: SandboxOptions = { port, stateFile, logger };
  let sandbox = await startSandbox(options);
  const restart = async (running: Sandbox, downMs: number): Promise<Sandbox> => {
    await running.stop();
    await delay(downMs);
    return (sandbox = await startSandbox({ ...options, port: running.port }));
  };
  const control = await startControl(sandbox, { port: controlPort, logger, restart });
  stop = () => Promise.all([control.stop(), sandbox.stop()]);
  send({ url: sandbox.url, ca: sandbox.caCertificate, controlUrl: control.url });
};

const send = (answer: SandboxAnswer): void => void process.send?.(answer);

const fail = (error: unknown): void => {
  const inUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  const { port } = error as { readonly port?: number };
  const words = inUse
    ? `Port ${port} is in use: SANDBOX_PORT and SANDBOX_CONTROL_PORT choose others for the sandbox`
    : String(error);
  if (process.connected) send({ error: words });
  else process.stderr.write(`${words}\n`);
  process.exitCode = 1;
  if (process.connected) process.disconnect();
};

let stop: () => Promise<unknown> = () => Promise.resolve();

/** The service has ended, or wants this to end: whatever is going on here. */
process.once('disconnect', () => {
  setTimeout(() => process.exit(1), stopTimeoutMs);
  stop().then(
    () => process.exit(),
    () => process.exit(1),
  );
});

if (!process.connected) process.exit(1); // it ended while this was loaded

// Ctrl-C reaches both processes: this one ends when the service disconnects.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
run(JSON.parse(process.argv[2] ?? '') as SandboxPlace).catch(fail);
