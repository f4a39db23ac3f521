import type { INestApplication } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import { stopWithStarter } from './starter.js';

/** How long the rest of the work may take after a signal, in milliseconds. */
const grace = 25_000;

/** On SIGTERM or SIGINT, or when the process that started this one over a channel ends: answers what was asked, records what was begun, and ends. A second signal ends at once. */
export const stopOnSignals = (app: INestApplication, log: Log): void => {
  let stopping = false;
  const stop = async (signal: NodeJS.Signals | 'disconnect'): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'Stopping');
    setTimeout(() => {
      log.error({ grace }, 'Not stopped in time');
      process.exit(1);
    }, grace).unref();
    try {
      await app.close();
      log.info({}, 'Stopped');
      process.exit(0); // libraries leave timers behind, which would keep a process that has nothing to do
    } catch (error) {
      log.error({ err: error }, 'Not stopped cleanly');
      process.exit(1);
    }
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
  stopWithStarter(() => void stop('disconnect'));
};
