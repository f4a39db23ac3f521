import type { Pacing } from '../pacing.contract.js';

/** Injects the `Pacing` of all sessions, or null. */
export const PACING = Symbol('pacing');

const minuteMs = 60_000;

/** When the next message of a session may be sent. Times are of the monotonic clock, in milliseconds. */
export class Pace {
  private nextAtMs = Number.NEGATIVE_INFINITY;

  /** Without a pacing, at any time. */
  constructor(private readonly pacing: Pacing | null) {}

  /** How long the next message has to wait. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.nextAtMs - nowMs);
  }

  /** A message is sent; `chance` from 0 to 1. Returns how to take that back, where it was not sent. */
  take(nowMs: number, chance: number): () => void {
    const before = this.nextAtMs;
    this.nextAtMs = this.after(nowMs, chance);
    return () => (this.nextAtMs = before);
  }

  private after(nowMs: number, chance: number): number {
    if (!this.pacing) return this.nextAtMs;
    const { messagesPerMinute, jitter } = this.pacing;
    return nowMs + (minuteMs / messagesPerMinute) * (1 - jitter + 2 * jitter * chance);
  }
}
