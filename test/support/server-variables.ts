import { createHash } from 'node:crypto';
import { withDatabase } from './mongodb-server/connection-string.js';

/**
 * With `EVENTSTORE_URL` or `MONGODB_URI` in the environment of the tests, suites that know nothing of them keep their stores on those
 * servers: each data directory in a namespace and a database of its own.
 */
export const serverVariables = (directory: string): NodeJS.ProcessEnv => {
  const { EVENTSTORE_URL, MONGODB_URI } = process.env;
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 12);
  return {
    ...(EVENTSTORE_URL !== undefined && { EVENTSTORE_URL, EVENTSTORE_NAMESPACE: `test${name}.` }),
    ...(MONGODB_URI !== undefined && { MONGODB_URI: withDatabase(MONGODB_URI, `test${name}`) }),
  };
};
