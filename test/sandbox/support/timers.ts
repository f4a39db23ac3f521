const LEFT_BEHIND_MS = 30_000;

/**
 * A client leaves a timer of 30 seconds behind after each upload of prekeys, which would keep the test process alive
 * for that long. Timers of exactly that length are let go.
 */
export function releaseLeftoverTimers(): void {
  const original = globalThis.setTimeout;
  const patched = (callback: () => void, ms?: number, ...args: unknown[]): NodeJS.Timeout => {
    const timer = original(callback, ms, ...(args as []));
    return ms === LEFT_BEHIND_MS ? timer.unref() : timer;
  };
  globalThis.setTimeout = Object.assign(patched, { __promisify__: original.__promisify__ });
}
