/** From `from` to before `to`: ISO 8601, UTC, with milliseconds. */
export type Period = { readonly from: string; readonly to: string };

/** How many messages of a period count, as the log has them up to and including a position. */
export type CountUpTo = { readonly count: number; readonly position: number };

/** The log has one more message that counts, or one less, since this position. */
type Change = { readonly position: number; readonly by: 1 | -1 };

/**
 * How many messages of a period count: a count as of a position, and what happened after it. What is told while the count is under way is in
 * it or not: its position says which.
 */
export class PeriodCount {
  private base: CountUpTo = { count: 0, position: 0 };
  private since = 0;
  private told: Change[] | undefined;

  constructor(readonly period: Period) {}

  /** Without what is being accepted at the moment. */
  get count(): number {
    return this.base.count + this.since;
  }

  has(at: string): boolean {
    return at >= this.period.from && at < this.period.to;
  }

  /** From here on, what is told is kept until the count is there. */
  beginCount(): void {
    this.told ??= [];
  }

  finishCount(base: CountUpTo): void {
    const later = (this.told ?? []).filter(({ position }) => position > base.position);
    this.base = base;
    this.since = later.reduce((sum, { by }) => sum + by, 0);
    this.told = undefined;
  }

  /** To be called once for each change. */
  tell(change: Change): void {
    if (this.told) this.told.push(change);
    else if (change.position > this.base.position) this.since += change.by;
  }
}
