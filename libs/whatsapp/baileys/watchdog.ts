import type { Timing } from './options.js';

/**
 * Calls `examine` again and again with the time of the monotonic clock, in milliseconds: one timer for all connections, which does not keep
 * the process alive.
 */
export const startWatchdog = (
  { keepAlive, connect }: Pick<Timing, 'keepAlive' | 'connect'>,
  examine: (now: number) => void,
): (() => void) => {
  const every = Math.ceil(Math.min(keepAlive, connect) / 6);
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    // A process that was held up may not have heard yet what has arrived meanwhile.
    const wasHeldUp = now - last > 3 * every;
    last = now;
    if (!wasHeldUp) examine(now);
  }, every);
  timer.unref();
  return () => clearInterval(timer);
};
