import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The compiled tests: Node does not run TypeScript, so children are started from there. */
const compiled = join(process.cwd(), 'dist', 'test', 'support', 'event-store');

/** A child process that prints lines. */
export type Child = {
  readonly process: ChildProcess;
  /** All lines so far. */
  readonly lines: readonly string[];
  /** Resolves with its signal or exit code, once all of its output was read. */
  readonly ended: Promise<number | string | null>;
  readonly errors: () => string;
};

/** Starts a compiled file of this folder; `prefix` is a command to start it with. */
export const startChild = (file: string, args: readonly string[], prefix: readonly string[] = []): Child => {
  const [command = process.execPath, ...rest] = [...prefix, process.execPath, join(compiled, file), ...args];
  const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let errors = '';
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const ended = Promise.all([once(child, 'exit'), once(reader, 'close')]).then(
    ([[code, signal]]) => (signal ?? code) as number | string | null,
  );
  return { process: child, lines, ended, errors: () => errors };
};
