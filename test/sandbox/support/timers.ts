const minUnrefTimerMs = 5_000;

/**
 * Unrefs long timers: a closed client leaves timers of prekey uploads (30 seconds) and of pending queries, which would keep the test
 * process alive.
 */
export function releaseLeftoverTimers(): void {
  const original = globalThis.setTimeout;
  const patched = (callback: () => void, ms?: number, ...args: unknown[]): NodeJS.Timeout => {
    const timer = original(callback, ms, ...(args as []));
    return ms !== undefined && ms >= minUnrefTimerMs ? timer.unref() : timer;
  };
  globalThis.setTimeout = Object.assign(patched, { __promisify__: original.__promisify__ });
}
