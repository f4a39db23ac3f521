import { setFlagsFromString } from 'node:v8';

/**
 * How much bytecode a function runs between two looks that the engine takes at it. A function keeps what this was when it ran first, so that it
 * stays the same, and the number of looks changes.
 */
const bytesPerLook = 24_000;

/**
 * After so many looks without anything new, and one more for each 150 bytes of its size, a function is optimized; a small one, of up to so many
 * bytes, after the first. By default, the engine looks after 67,584 bytes, and optimizes after 3.
 */
const patient = { looks: 120, smallBytes: 0 };
const eager = { looks: 2, smallBytes: 81 };

/** A start and some hundred messages take less CPU, in microseconds. */
const firstCpu = 8_000_000;
const checkIntervalMs = 1_000;

/** Later engines have a cheap compiler between the interpreter and the optimizing one, and know no such numbers. */
const isNode20 = process.versions.v8.startsWith('11.');

const optimizeAfter = ({ looks, smallBytes }: typeof patient): void => {
  setFlagsFromString(`--ticks-before-optimization=${looks}`);
  setFlagsFromString(`--max-bytecode-size-for-early-opt=${smallBytes}`);
};

/**
 * Until the service has worked for some seconds, lets the optimizing compiler wait on all threads until a function has
 * cost about as much as compiling it would: most of what it compiles by default for a start and some hundred messages never pays. From then on
 * it comes earlier than by default: a message takes thousands of functions, each of them once, so that after thousands of messages half of them
 * would not be optimized yet. `forEver` leaves it waiting.
 */
export const optimizeLater = ({ forEver = false } = {}): void => {
  if (!isNode20) return;
  setFlagsFromString(`--interrupt-budget=${bytesPerLook}`);
  optimizeAfter(patient);
  if (forEver) return;
  const checking = setInterval(() => {
    const { user, system } = process.cpuUsage();
    if (user + system < firstCpu) return;
    clearInterval(checking);
    optimizeAfter(eager);
  }, checkIntervalMs).unref();
};
