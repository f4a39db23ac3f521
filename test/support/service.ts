import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from './eventually.js';

/** Long enough for a busy machine. */
export const startTimeoutMs = 120_000;

/** The built service in a process of its own. */
export type Service = {
  readonly process: ChildProcess;
  /** Where it listens, once it does. */
  readonly url: () => Promise<string>;
  /** What it printed so far, both streams. */
  readonly output: () => string;
  /** Its exit code, or the signal that ended it, once it has ended. */
  readonly ended: () => Promise<number | NodeJS.Signals>;
};

/** Starts `dist/app/main.js`, or another program that prints its URL, on any free port, with only these variables beside the needed ones. */
export const startService = (variables: NodeJS.ProcessEnv, program = 'dist/app/main.js'): Service => {
  const child = spawn(process.execPath, [program], {
    env: { PATH: process.env['PATH'], PORT: '0', MALLOC_ARENA_MAX: '2', ...variables }, // as `npm start` sets it
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const note = (chunk: Buffer) => void (printed += chunk.toString());
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  const end = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  return {
    process: child,
    output: () => printed,
    url: () =>
      eventually(() => {
        const url = /"url":"(http:[^"]+)"/.exec(printed)?.[1];
        if (url === undefined && child.exitCode !== null) throw new Error(`The service ended: ${printed}`);
        return url ?? false;
      }, startTimeoutMs),
    ended: async () => {
      const [code, signal] = await end;
      return code ?? signal ?? 0;
    },
  };
};
