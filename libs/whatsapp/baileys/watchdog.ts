import type { Timing } from './options.js';

const checksPerTimeout = 6;

/**
 * Calls `check` at regular intervals with the time of the monotonic clock, in milliseconds. One timer serves all connections; it does not keep
 * the process alive. Returns a function that stops it.
 */
export const startWatchdog = (
  { keepAliveIntervalMs, connectTimeoutMs }: Pick<Timing, 'keepAliveIntervalMs' | 'connectTimeoutMs'>,
  check: (now: number) => void,
): (() => void) => {
  const intervalMs = Math.ceil(Math.min(keepAliveIntervalMs, connectTimeoutMs) / checksPerTimeout);
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    // After the event loop was blocked, data may have arrived that was not read yet. It is read before the next check.
    const wasBlocked = now - last > 3 * intervalMs;
    last = now;
    if (!wasBlocked) check(now);
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
};
