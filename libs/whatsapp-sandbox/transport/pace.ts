/** Seconds' worth of events that may come at once: that much piles up while this process or its machine is busy. */
const BURST_SECONDS = 5;

/** Allows so many events a second on average. */
export class Pace {
  #left: number;
  #countedAt: number;

  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = performance.now.bind(performance),
  ) {
    this.#left = perSecond * BURST_SECONDS;
    this.#countedAt = now();
  }

  /** Throws when it is one too many. */
  count(): void {
    const now = this.now();
    const earned = ((now - this.#countedAt) / 1_000) * this.perSecond;
    this.#left = Math.min(this.#left + earned, this.perSecond * BURST_SECONDS) - 1;
    this.#countedAt = now;
    if (this.#left < 0) throw new Error('too many frames a second');
  }
}
