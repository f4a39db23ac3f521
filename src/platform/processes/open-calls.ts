import type { Config } from '#config';
import { callsWithin, type ProcessCalls } from '#lib/process-calls';
import type { Log } from '#lib/subscriptions';
import { keyedHash, sealer } from '#lib/vault';
import type { Stores } from '../stores.js';
import type { Vault } from '../vault.js';

const installationChars = 22;

/** Calls between processes: by way of the Redis server, where all that they share is on servers; otherwise there is one process. */
export const openCalls = async (config: Config, stores: Stores, vault: Vault, log: Log): Promise<ProcessCalls> => {
  const { REDIS_URL: url, EVENTSTORE_URL: logUrl, EVENTSTORE_NAMESPACE: namespace = '' } = config;
  if (url === undefined || logUrl === undefined || !stores.database) return callsWithin(log);
  const { databaseName } = stores.database.mongo.db;
  const name = keyedHash(vault.key, 'installation').of(JSON.stringify([namespace, databaseName]));
  // Loaded only here: most installations have no server.
  const { openRedisCalls } = await import('#lib/process-calls/redis');
  return openRedisCalls({
    url,
    installation: name.toString('base64url').slice(0, installationChars),
    sealing: sealer(vault.key, 'process-calls'),
    log,
  });
};
