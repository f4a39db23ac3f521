import { pause } from '#lib/async';
import type { Log } from '#lib/subscriptions';
import { stopWithStarter } from './starter.js';

/** How long the rest of the work may take after a signal. */
const graceMs = 25_000;
/** How long a step of the start may go on after a signal. What earlier steps have opened is closed then; what this one has ends with the process. */
const stepGraceMs = 10_000;

/** The start of a process that may have to stop at any moment. */
export type Stopping = {
  /**
   * Makes a step of the start. `close` undoes it and those before it. Once the process stops, neither a step that is over nor one that failed is
   * answered any more, so that nothing follows.
   */
  step<Opened>(run: () => Promise<Opened>, close?: (opened: Opened) => Promise<void>): Promise<Opened>;
};

/**
 * On SIGTERM or SIGINT, or when the process that started this one over a channel ends: ends the step of the start that is under way, answers
 * what was asked, records what was begun, and ends the process. A second signal ends at once.
 */
export const stopOnSignals = (log: Log): Stopping => {
  let isStopping = false;
  let step: Promise<unknown> = Promise.resolve();
  let close: () => Promise<void> = async () => {};

  const stop = async (signal: NodeJS.Signals | 'disconnect'): Promise<void> => {
    if (isStopping) process.exit(1);
    isStopping = true;
    log.info({ signal }, 'Stopping');
    setTimeout(() => {
      log.error({ graceMs }, 'Not stopped in time');
      process.exit(1);
    }, graceMs).unref();
    await Promise.race([step.catch(() => {}), pause(stepGraceMs)]);
    try {
      await close();
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

  const goOn = (): Promise<void> => (isStopping ? new Promise(() => {}) : Promise.resolve());
  return {
    step: async (run, undo) => {
      await goOn();
      const running = (async () => {
        const opened = await run();
        if (undo) close = () => undo(opened);
        return opened;
      })();
      step = running;
      try {
        return await running;
      } finally {
        await goOn();
      }
    },
  };
};
