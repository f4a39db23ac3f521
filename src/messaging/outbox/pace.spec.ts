import { describe, expect, it } from '@jest/globals';
import { Pace } from './pace.js';

describe('the pace of a session', () => {
  it('lets every message go at once where none is set', () => {
    const pace = new Pace(null);
    pace.take(1000, 1);
    expect(pace.waitMs(1000)).toBe(0);
  });

  it('puts a pause between two messages, and does not make up for idle time', () => {
    const pace = new Pace({ messagesPerMinute: 20, jitter: 0 });
    expect(pace.waitMs(100_000)).toBe(0);
    pace.take(100_000, 0.5);
    expect(pace.waitMs(100_000)).toBe(3000);
    expect(pace.waitMs(102_000)).toBe(1000);
    expect(pace.waitMs(900_000)).toBe(0);
    pace.take(900_000, 0.5);
    expect(pace.waitMs(900_000)).toBe(3000);
  });

  it('varies the pause around its mean', () => {
    const pauses = [0, 0.5, 1].map((chance) => {
      const pace = new Pace({ messagesPerMinute: 60, jitter: 0.3 });
      pace.take(0, chance);
      return Math.round(pace.waitMs(0));
    });
    expect(pauses).toEqual([700, 1000, 1300]);
  });
});
