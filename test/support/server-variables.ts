import { createHash } from 'node:crypto';

/**
 * With `EVENTSTORE_URL` in the environment of the tests, suites that know nothing of it keep their logs on that server: each data directory
 * in a namespace of its own.
 */
export const serverVariables = (directory: string): NodeJS.ProcessEnv => {
  const url = process.env['EVENTSTORE_URL'];
  if (url === undefined) return {};
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 12);
  return { EVENTSTORE_URL: url, EVENTSTORE_NAMESPACE: `test${name}.` };
};
