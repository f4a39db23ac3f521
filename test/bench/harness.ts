import { monitorEventLoopDelay } from 'node:perf_hooks';

/** One thing that is measured against a floor, in one run on one machine. Added in figures.ts. */
export type Figure = {
  readonly name: string;
  /** What is measured, and against what, in a few words each. */
  readonly product: string;
  readonly floor: string;
  /** Of `value` and the floor's value. */
  readonly unit: string;
  /** The ratio to reach. */
  readonly aim: number;
  /** Whether it measures the service, which can have its stores on servers. */
  readonly isOfService?: boolean;
  readonly run: () => Promise<Measured>;
};

export type Measured = {
  /** More is better. */
  readonly ratio: number;
  readonly value: number;
  readonly floor: number;
  /** The 99th percentile of the event loop's delay while the product ran, in milliseconds. */
  readonly loopDelay?: number;
  /** What else a reader of the figure should know. */
  readonly notes?: readonly string[];
};

/** Does some work and tells how much of it was done: events, rows, requests. */
type Work = () => Promise<number>;

export type Comparison = {
  readonly rounds: number;
  /** Called before each measurement, outside of it. */
  readonly prepare?: () => void;
  readonly floor: Work;
  readonly product: Work;
};

/**
 * Measures two kinds of work by turns, so that both see the same machine: one warm-up of each, then `rounds` of each. Rates are per
 * second; the ratio is the median of the rounds' ratios (product to floor).
 */
export const compare = async (work: Comparison): Promise<Measured> => {
  await rateOf(work.floor, work.prepare);
  await rateOf(work.product, work.prepare);
  const rounds: { floor: number; product: number }[] = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const product = async () => {
    delay.enable();
    const amount = await work.product();
    delay.disable();
    return amount;
  };
  for (let round = 0; round < work.rounds; round += 1) {
    // Each goes first in every other round: what one leaves to be done (write-back, garbage) weighs on the other.
    const before = round % 2 === 0 ? await rateOf(work.floor, work.prepare) : undefined;
    const productRate = await rateOf(product, work.prepare);
    rounds.push({ product: productRate, floor: before ?? (await rateOf(work.floor, work.prepare)) });
  }
  return {
    ratio: median(rounds.map(({ floor, product }) => product / floor)),
    value: median(rounds.map(({ product }) => product)),
    floor: median(rounds.map(({ floor }) => floor)),
    loopDelay: delay.percentile(99) / 1e6,
  };
};

const rateOf = async (work: Work, prepare: Comparison['prepare']): Promise<number> => {
  prepare?.();
  globalThis.gc?.();
  const start = performance.now();
  const amount = await work();
  return (amount / (performance.now() - start)) * 1000;
};

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1);
  return (low + high) / 2;
};
