import { setTimeout as delay } from 'node:timers/promises';

/** A check often asks a process over HTTP: asking it all the time takes the time that it needs to get there. */
const longestPauseMs = 60;

/**
 * Waits until a check passes: until it no longer throws and does not answer false. Fails with its last error after `within` milliseconds.
 */
export const eventually = async <Result>(
  check: () => Result | Promise<Result>,
  within = 30_000,
): Promise<Exclude<Result, false>> => {
  const start = Date.now();
  const deadline = start + within;
  for (;;) {
    try {
      const result = await check();
      if (result !== false) return result as Exclude<Result, false>;
      if (Date.now() > deadline) throw new Error(`Not so within ${within} ms: ${check.toString()}`);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await delay(Math.min(5 + (Date.now() - start) / 20, longestPauseMs));
  }
};
