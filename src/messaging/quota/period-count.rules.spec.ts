import { describe, expect, it } from '@jest/globals';
import { PeriodCount } from './period-count.rules.js';

const period = { from: '2026-11-29T00:00:00.000Z', to: '2026-11-30T00:00:00.000Z' };
const counted = (count: number, position: number): PeriodCount => {
  const one = new PeriodCount(period);
  one.beginCount();
  one.finishCount({ count, position });
  return one;
};

describe('the count of a period', () => {
  it('has what is told after the position that it was counted at, and nothing twice', () => {
    const one = counted(5, 100);
    one.tell({ position: 101, by: 1 });
    one.tell({ position: 99, by: 1 });
    one.tell({ position: 100, by: -1 });
    one.tell({ position: 102, by: -1 });
    expect(one.count).toBe(5);
  });

  it('sorts out what was told while it was under way', () => {
    const one = counted(5, 100);
    one.tell({ position: 101, by: 1 });
    one.beginCount();
    one.tell({ position: 102, by: 1 });
    one.tell({ position: 104, by: 1 });
    one.finishCount({ count: 7, position: 103 });
    expect(one.count).toBe(8);
  });

  it('has its first moment, and not its last', () => {
    const { from, to } = period;
    expect([from, to].map((at) => counted(0, 0).has(at))).toEqual([true, false]);
  });
});
