const minUnrefTimerMs = 5_000;

/**
 * A client that has ended leaves timers behind: 30 seconds after each upload of prekeys, and for each question that was still open
 * as long as it would have waited for the answer. They would keep the test process alive, so long timers are let go.
 */
export function releaseLeftoverTimers(): void {
  const original = globalThis.setTimeout;
  const patched = (callback: () => void, ms?: number, ...args: unknown[]): NodeJS.Timeout => {
    const timer = original(callback, ms, ...(args as []));
    return ms !== undefined && ms >= minUnrefTimerMs ? timer.unref() : timer;
  };
  globalThis.setTimeout = Object.assign(patched, { __promisify__: original.__promisify__ });
}
