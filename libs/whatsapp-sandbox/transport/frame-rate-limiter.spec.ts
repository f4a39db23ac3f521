import { describe, expect, it } from '@jest/globals';
import { FrameRateLimiter } from './frame-rate-limiter.js';

describe('the frame rate limiter', () => {
  it('allows a burst of five seconds and recovers with time', () => {
    let now = 0;
    const limiter = new FrameRateLimiter(100, () => now);
    for (let count = 0; count < 500; count++) limiter.countFrame();
    expect(() => limiter.countFrame()).toThrow('too many');
    now += 1_000;
    for (let count = 0; count < 99; count++) limiter.countFrame();
    expect(() => limiter.countFrame()).toThrow('too many');
    now += 3_600_000;
    for (let count = 0; count < 500; count++) limiter.countFrame();
    expect(() => limiter.countFrame()).toThrow('too many');
  });
});
