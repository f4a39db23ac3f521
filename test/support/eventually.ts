import { setTimeout as delay } from 'node:timers/promises';

/**
 * A check often asks a process over HTTP, which takes CPU time that this process needs to get there: the longer something takes, the less often it
 * is looked for. What is seen is late by a fifth of its time at most. In the first 20 seconds, what lasts a tenth of a second is seen; later, only what
 * lasts for a 200th of the time waited is (half a second after 100 seconds).
 */
const pauseMs = (waitedMs: number): number => Math.min(10 + waitedMs / 5, Math.max(100, waitedMs / 200));

/**
 * Waits until a check passes: until it no longer throws and does not answer false. Fails with its last error after `within` milliseconds.
 */
export const eventually = async <Result>(
  check: () => Result | Promise<Result>,
  within = 30_000,
): Promise<Exclude<Result, false>> => {
  const start = performance.now();
  const waitedMs = (): number => performance.now() - start;
  for (;;) {
    try {
      const result = await check();
      if (result !== false) return result as Exclude<Result, false>;
      if (waitedMs() > within) throw new Error(`Not so within ${within} ms: ${check.toString()}`);
    } catch (error) {
      if (waitedMs() > within) throw error;
    }
    await delay(pauseMs(waitedMs()));
  }
};
