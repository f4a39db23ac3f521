import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Liveness } from './liveness.js';

const timeouts = { connectTimeoutMs: 20_000, keepAliveIntervalMs: 30_000, keepAliveTimeoutMs: 5_000 };

describe('the liveness of a socket', () => {
  let openedAt: number;
  let liveness: Liveness;
  /** The time of the monotonic clock that long after the socket was opened. */
  const after = (ms: number): number => openedAt + ms;

  beforeEach(() => {
    jest.useFakeTimers({ now: Date.parse('2026-01-02T03:04:05.000Z') });
    openedAt = performance.now();
    liveness = new Liveness(openedAt, timeouts);
  });
  afterEach(() => void jest.useRealTimers());

  it('ends when the server sends nothing at all', () => {
    expect([25_000, 25_001].map((ms) => liveness.isSilent(after(ms)))).toEqual([false, true]);
    expect(liveness.takePing(after(30_000))).toBe(false);
    expect(liveness.lastSeenAt).toBeNull();
  });

  it('ends when the server does not answer a ping, and not before', () => {
    liveness.frameReceived();
    expect(liveness.isSilent(after(1_000_000))).toBe(false);
    expect([29_999, 30_000, 30_001].map((ms) => liveness.takePing(after(ms)))).toEqual([false, true, false]);
    expect([35_000, 35_001].map((ms) => liveness.isSilent(after(ms)))).toEqual([false, true]);
  });

  it('goes on when any frame follows a ping', () => {
    liveness.frameReceived();
    liveness.takePing(after(30_000));
    jest.advanceTimersByTime(30_100);
    liveness.frameReceived();
    expect(liveness.isSilent(after(59_000))).toBe(false);
    expect(liveness.takePing(after(60_000))).toBe(true);
    expect(liveness.lastSeenAt).toBe('2026-01-02T03:04:35.100Z');
  });

  it('does not depend on the wall clock', () => {
    liveness.frameReceived();
    liveness.takePing(after(30_000));
    jest.setSystemTime(Date.parse('2026-01-02T02:00:00.000Z'));
    expect(liveness.isSilent(after(35_001))).toBe(true);
  });
});
