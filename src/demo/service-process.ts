import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** The service, with the sandbox beside it, in a process of its own. */
export type ServiceProcess = {
  readonly url: string;
  /** The sandbox's control API. */
  readonly phones: string;
  readonly stop: () => Promise<void>;
};

/** Starts the built service on free ports. @throws {Error} with its output, if it ends instead. */
export const startServiceProcess = async (program: URL, variables: NodeJS.ProcessEnv): Promise<ServiceProcess> => {
  const child = spawn(process.execPath, [fileURLToPath(program)], {
    env: { ...process.env, LOG_FORMAT: 'json', ...variables },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'], // the channel takes the service along, however the demo ends
  });
  const printed: string[] = [];
  const found: { url?: string; phones?: string } = {};
  const listening = new Promise<void>((resolve) => {
    const note = (line: string) => {
      printed.push(line);
      const said = parsed(line);
      if (typeof said.control === 'string') found.phones = said.control;
      if (said.msg === 'Waybill is listening') found.url = said.url as string;
      if (found.url !== undefined) resolve();
    };
    createInterface({ input: child.stdout as Readable }).on('line', note);
    createInterface({ input: child.stderr as Readable }).on('line', note);
  });
  const ended = once(child, 'close');
  await Promise.race([listening, ended]);
  const { url, phones } = found;
  if (url === undefined || phones === undefined) throw new Error(`The service did not start:\n${printed.join('\n')}`);
  return { url, phones, stop: () => stop(child, ended) };
};

const parsed = (line: string): { readonly [field: string]: unknown } => {
  try {
    return JSON.parse(line) as { readonly [field: string]: unknown };
  } catch {
    return {}; // a line for people, not of the log
  }
};

const stop = async (child: ChildProcess, ended: Promise<unknown>): Promise<void> => {
  child.kill('SIGTERM');
  await ended;
};
