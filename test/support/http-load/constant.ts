import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A route that answers a constant, in a process of its own. */
export type ConstantRoute = { readonly url: string; readonly end: () => void };

export const startConstantRoute = async (): Promise<ConstantRoute> => {
  const child = spawn(process.execPath, ['dist/test/support/http-load/constant.child.js'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: printed.toString().trim(), end: () => void child.kill() };
};
