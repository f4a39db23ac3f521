import type { Timing } from './options.js';

/** Calls `examine` with the time, again and again: one timer for all connections, which does not keep the process alive. */
export const startWatchdog = (
  { keepAlive, connect }: Pick<Timing, 'keepAlive' | 'connect'>,
  examine: (now: number) => void,
): (() => void) => {
  const every = Math.ceil(Math.min(keepAlive, connect) / 6);
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    // A process that was held up or asleep may have much to hear that it did not get to: that first.
    const wasHeldUp = now - last > 3 * every;
    last = now;
    if (!wasHeldUp) examine(now);
  }, every);
  timer.unref();
  return () => clearInterval(timer);
};
