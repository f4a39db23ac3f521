import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';

/** How much bytecode a function runs between two moments at which the engine asks whether to optimize it: at first, and by default. */
const bytesAtFirst = 1_000_000;
const bytesByDefault = 67_584;
const firstMs = 30_000;

/** This much of the time at work, twice in a row, is more than a start and some first messages. */
const busy = 0.75;
const lookIntervalMs = 1_000;

/** Later engines have a cheap compiler between the interpreter and the optimizing one, and know no such number. */
const isNode20 = process.versions.v8.startsWith('11.');

/**
 * For the first half minute, on all threads, lets the optimizing compiler wait until a function has cost about as much as compiling it would,
 * or until the service is busy. By default it comes much earlier, and most of what it compiles for a start and some hundred messages never pays.
 */
export const optimizeLater = (): void => {
  if (!isNode20) return;
  setFlagsFromString(`--interrupt-budget=${bytesAtFirst}`);
  const endsAt = performance.now() + firstMs;
  let last = performance.eventLoopUtilization();
  let wasBusy = false;
  const looking = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const isBusy = performance.eventLoopUtilization(now, last).utilization > busy;
    if ((isBusy && wasBusy) || performance.now() > endsAt) {
      clearInterval(looking);
      setFlagsFromString(`--interrupt-budget=${bytesByDefault}`);
    }
    [last, wasBusy] = [now, isBusy];
  }, lookIntervalMs).unref();
};
