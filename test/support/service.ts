import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from './eventually.js';

/** Long enough for a busy machine. */
export const startTimeoutMs = 120_000;

/** A process of a program. */
export type Started = {
  readonly process: ChildProcess;
  /** What it printed so far, both streams. */
  readonly output: () => string;
  /** Its exit code or the signal that ended it, once it has ended. */
  readonly end: Promise<readonly [number | null, NodeJS.Signals | null]>;
};

/** The built service in a process of its own. */
export type Service = Started & {
  /** Where it listens, once it does. */
  readonly url: () => Promise<string>;
  /** Its exit code, or the signal that ended it, once it has ended. */
  readonly ended: () => Promise<number | NodeJS.Signals>;
};

export const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

/** What the service is started with: these variables beside the needed ones, and nothing else. As `npm start` does, and on any free port. */
export const serviceEnvironment = (variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  PORT: '0',
  MALLOC_ARENA_MAX: '2',
  ...variables,
});

export const builtService = 'dist/app/main.js';

/** Starts the built service, or another program that prints its URL. */
export const startService = (variables: NodeJS.ProcessEnv, program = builtService): Service => {
  const child = spawn(process.execPath, [program], {
    env: serviceEnvironment(variables),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const note = (chunk: Buffer) => void (printed += chunk.toString());
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  const end = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  return serviceOf({ process: child, output: () => printed, end });
};

export const serviceOf = (started: Started): Service => ({
  ...started,
  url: () =>
    eventually(() => {
      const url = /"url":"(http:[^"]+)"/.exec(started.output())?.[1];
      if (url === undefined && hasEnded(started.process)) throw new Error(`The service ended: ${started.output()}`);
      return url ?? false;
    }, startTimeoutMs),
  ended: async () => {
    const [code, signal] = await started.end;
    return code ?? signal ?? 0;
  },
});
