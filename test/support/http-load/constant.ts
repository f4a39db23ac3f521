import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A route in a process of its own. */
export type Route = { readonly url: string; readonly end: () => void };

/** Takes messages and answers a constant. */
export const startConstantRoute = (): Promise<Route> => start('constant.child.js');

/** Takes messages as one would write it by hand, into a file that does not exist yet. */
export const startRouteByHand = (file: string): Promise<Route> => start('by-hand.child.js', file);

const start = async (script: string, ...args: readonly string[]): Promise<Route> => {
  const child = spawn(process.execPath, [`dist/test/support/http-load/${script}`, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: printed.toString().trim(), end: () => void child.kill() };
};
