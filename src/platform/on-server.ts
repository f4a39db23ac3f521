import { setTimeout as delay } from 'node:timers/promises';
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
