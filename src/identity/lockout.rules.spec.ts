import { describe, expect, it } from '@jest/globals';
import { lockedForSeconds, noRejections, rejectedAgain, type Rejections } from './lockout.rules.js';

const start = Date.parse('2026-01-02T03:04:05.000Z');
const second = (n: number) => new Date(start + n * 1000).toISOString();

/** After so many failures, each as soon as the lock of the one before has ended. */
const after = (failures: number): { readonly rejections: Rejections; readonly at: string } => {
  let [rejections, seconds] = [noRejections, 0];
  for (let failure = 1; failure <= failures; failure += 1) {
    seconds += lockedForSeconds(rejections, second(seconds));
    rejections = rejectedAgain(rejections, second(seconds));
  }
  return { rejections, at: second(seconds) };
};

describe('a lockout', () => {
  it('lasts a minute from the fifth failure on, twice as long each time, an hour at the most', () => {
    const minutes = [4, 5, 6, 7, 11, 40].map((failures) => {
      const { rejections, at } = after(failures);
      return lockedForSeconds(rejections, at) / 60;
    });
    expect(minutes).toEqual([0, 1, 2, 4, 60, 60]);
  });

  it('ends at its time, to the second', () => {
    const { rejections } = after(5);
    expect([0, 59, 60, 61].map((n) => lockedForSeconds(rejections, second(n)))).toEqual([60, 1, 0, 0]);
  });

  it('does not follow from failures that are more than a day apart', () => {
    const { rejections } = after(4);
    expect(rejectedAgain(rejections, second(24 * 3600))).toEqual({
      count: 1,
      lastAt: second(24 * 3600),
      lockedUntil: null,
    });
  });
});
