import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '#config';
import { Transient } from '#lib/async';
import type { Log } from '#lib/subscriptions';

const serverRetryMs = 2000;

/** What a server keeps. With `waiting`, it is asked until it answers. */
export const onServer = async <Store>(
  variable: string,
  open: () => Promise<Store>,
  isAway: (error: unknown) => boolean,
  waiting: Pick<Log, 'warn'> | undefined,
): Promise<Store> => {
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!waiting || !isAway(error)) throw error;
      waiting.warn({ reason: (error as Error).message }, `The service waits for the server of ${variable}`);
      await delay(serverRetryMs);
    }
  }
};

/** The variables that name servers of stores. */
type Servers = Partial<Pick<Config, 'EVENTSTORE_URL' | 'MONGODB_URI'>>;

/**
 * A step of the start that may be done again: where stores are on servers, it is, for as long as one of them is in trouble, and that is
 * logged. Files that are in trouble are not waited for.
 */
export const patiently = <Result>(
  step: () => Promise<Result>,
  { EVENTSTORE_URL, MONGODB_URI }: Servers,
  waiting: Pick<Log, 'warn'> | undefined,
): Promise<Result> => {
  const variables = Object.entries({ EVENTSTORE_URL, MONGODB_URI }).flatMap(([name, url]) => (url ? name : []));
  return onServer(variables.join(' or '), step, (error) => variables.length > 0 && isPassing(error), waiting);
};

const isPassing = (error: unknown): boolean =>
  error instanceof Transient && (!('reason' in error) || error.reason === 'io');
