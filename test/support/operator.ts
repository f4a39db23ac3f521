import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What `npm run backup`, `restore` and so on run once the service is built. */
export const operator = (variables: NodeJS.ProcessEnv, ...words: readonly string[]) =>
  promisify(execFile)(process.execPath, ['dist/app/operator.js', ...words], {
    env: { PATH: process.env['PATH'], ...variables },
  });

/** What it says where it refuses. */
export const refusedBy = (variables: NodeJS.ProcessEnv, ...words: readonly string[]): Promise<string> =>
  operator(variables, ...words).then(
    ({ stdout }) => Promise.reject(new Error(`Not refused: ${stdout}`)),
    ({ stderr }: { readonly stderr: string }) => stderr,
  );
