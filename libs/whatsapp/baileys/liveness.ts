import type { Timing } from './options.js';

type Timeouts = Pick<Timing, 'connectTimeoutMs' | 'keepAliveIntervalMs' | 'keepAliveTimeoutMs'>;

/** When the server last gave a sign of life on a socket. `now` is always of the monotonic clock, in milliseconds. */
export class Liveness {
  private lastFrameAt: number | undefined;
  private lastPingAt: number | undefined;
  /** Of the wall clock, since it is shown to people. */
  private lastFrameTime: number | undefined;

  constructor(
    private readonly openedAt: number,
    private readonly timeouts: Timeouts,
  ) {}

  frameReceived(): void {
    this.lastFrameAt = performance.now();
    this.lastFrameTime = Date.now();
  }

  /** ISO 8601; null before the first frame. */
  get lastSeenAt(): string | null {
    return this.lastFrameTime === undefined ? null : new Date(this.lastFrameTime).toISOString();
  }

  ageMs(now: number): number {
    return now - this.openedAt;
  }

  /** The server sent nothing since the socket was opened, or since the last ping. Some failures have no other symptom. */
  isSilent(now: number): boolean {
    const { connectTimeoutMs, keepAliveTimeoutMs } = this.timeouts;
    if (this.lastFrameAt === undefined) return this.ageMs(now) > connectTimeoutMs + keepAliveTimeoutMs;
    if (this.lastPingAt === undefined || this.lastFrameAt >= this.lastPingAt) return false;
    return now - this.lastPingAt > keepAliveTimeoutMs;
  }

  /** Whether it is time for a ping. Where it is, the answer is expected from now on. */
  takePing(now: number): boolean {
    if (this.lastFrameAt === undefined) return false;
    if (now - (this.lastPingAt ?? this.openedAt) < this.timeouts.keepAliveIntervalMs) return false;
    this.lastPingAt = now;
    return true;
  }
}
