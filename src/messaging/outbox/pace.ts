import type { Pacing } from '../pacing.contract.js';

/** Injects the `Pacing` of all sessions, or null. */
export const PACING = Symbol('pacing');

const minute = 60_000;

/** When the next message of a session may leave. Times in milliseconds. */
export class Pace {
  private next = 0;

  /** Without a pacing, any time. */
  constructor(private readonly pacing: Pacing | null) {}

  /** How long the next one has to wait. */
  wait(now: number): number {
    return Math.max(0, this.next - now);
  }

  /** One leaves; `chance` from 0 to 1. */
  take(now: number, chance: number): void {
    if (!this.pacing) return;
    const { messagesPerMinute, jitter } = this.pacing;
    this.next = now + (minute / messagesPerMinute) * (1 - jitter + 2 * jitter * chance);
  }
}
