/** Frames of this many seconds may arrive at once: that many queue up while the process or machine is busy. */
const burstSeconds = 5;

/** Limits the average number of frames per second. */
export class FrameRateLimiter {
  #left: number;
  #countedAt: number;

  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = performance.now.bind(performance),
  ) {
    this.#left = perSecond * burstSeconds;
    this.#countedAt = now();
  }

  /** Throws if the limit is exceeded. */
  countFrame(): void {
    const now = this.now();
    const earned = ((now - this.#countedAt) / 1_000) * this.perSecond;
    this.#left = Math.min(this.#left + earned, this.perSecond * burstSeconds) - 1;
    this.#countedAt = now;
    if (this.#left < 0) throw new Error('too many frames per second');
  }
}
