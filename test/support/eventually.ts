import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until a check passes: until it no longer throws and does not answer false. Fails with its last error after `within` milliseconds.
 */
export const eventually = async <Result>(
  check: () => Result | Promise<Result>,
  within = 10_000,
): Promise<Exclude<Result, false>> => {
  const deadline = Date.now() + within;
  for (;;) {
    try {
      const result = await check();
      if (result !== false) return result as Exclude<Result, false>;
      if (Date.now() > deadline) throw new Error(`Not so within ${within} ms: ${check.toString()}`);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await delay(5);
  }
};
