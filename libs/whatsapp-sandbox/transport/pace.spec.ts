import { describe, expect, it } from '@jest/globals';
import { Pace } from './pace.js';

describe('the pace of a client', () => {
  it('may be ahead by five seconds, not more, and recovers with time', () => {
    let now = 0;
    const pace = new Pace(100, () => now);
    for (let count = 0; count < 500; count++) pace.count();
    expect(() => pace.count()).toThrow('too many');
    now += 1_000;
    for (let count = 0; count < 99; count++) pace.count();
    expect(() => pace.count()).toThrow('too many');
    now += 3_600_000;
    for (let count = 0; count < 500; count++) pace.count();
    expect(() => pace.count()).toThrow('too many');
  });
});
