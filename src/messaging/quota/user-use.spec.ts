import { describe, expect, it } from '@jest/globals';
import type { CountUpTo, Period } from './period-count.rules.js';
import { UserUse } from './user-use.js';

const day = { from: '2026-11-29T00:00:00.000Z', to: '2026-11-30T00:00:00.000Z' };
const tokyo = { from: '2026-11-29T15:00:00.000Z', to: '2026-11-30T15:00:00.000Z' };
const noon = '2026-11-29T12:00:00.000Z';
const evening = '2026-11-29T18:00:00.000Z';

/** A use whose counts are answered by the test. */
const begun = () => {
  const counts: { readonly period: Period; answer(base: CountUpTo): void; fail(): void }[] = [];
  const use = new UserUse(
    (period) =>
      new Promise((resolve, reject) =>
        counts.push({ period, answer: resolve, fail: () => reject(new Error('the view is behind')) }),
      ),
  );
  return { use, counts };
};
const counted = async (base: CountUpTo) => {
  const { use, counts } = begun();
  const used = use.used(day);
  counts[0]?.answer(base);
  return { use, counts, used: await used };
};

describe('what a user has used', () => {
  it('has what is being accepted, until it is known whether it was', async () => {
    const { use, used } = await counted({ count: 3, position: 10 });
    const [first, second] = [use.reserve(noon), use.reserve(noon)];
    expect(used().used).toBe(5);
    first({ is: 'accepted', position: 11 });
    second({ is: 'not_accepted' });
    expect(used().used).toBe(4);
  });

  it('counts once what is accepted while it is counted for the first time', async () => {
    const { use, counts } = begun();
    const used = use.used(day);
    const [before, after] = [use.reserve(noon), use.reserve(noon)];
    before({ is: 'accepted', position: 10 });
    after({ is: 'accepted', position: 11 });
    counts[0]?.answer({ count: 3, position: 10 });
    expect((await used)().used).toBe(4);
  });

  it('gives back once, however often that is told, and not what the count has seen', async () => {
    const { use, used } = await counted({ count: 3, position: 10 });
    use.giveBack(noon, 9);
    expect(used().used).toBe(3);
    use.giveBack(noon, 12);
    use.giveBack(noon, 12);
    expect(used().used).toBe(2);
  });

  it('counts what may have been accepted until the log has shown whether it was', async () => {
    const { use, counts, used } = await counted({ count: 3, position: 10 });
    const other = use.reserve(noon);
    use.reserve(noon)({ is: 'unknown' });
    expect(used().used).toBe(5);
    const again = use.used(day);
    other({ is: 'accepted', position: 12 });
    counts[1]?.answer({ count: 3, position: 11 });
    expect((await again)().used).toBe(4);
    expect(counts).toHaveLength(2);
  });

  it('is asked for again where it could not be counted', async () => {
    const { use, counts } = begun();
    const failed = use.used(day);
    use.reserve(noon)({ is: 'accepted', position: 4 });
    counts[0]?.fail();
    await expect(failed).rejects.toThrow('behind');
    const again = use.used(day);
    counts[1]?.answer({ count: 1, position: 4 });
    expect((await again)().used).toBe(1);
  });

  it('counts for the days of two time zones while a message is accepted that is in both', async () => {
    const { use, counts, used } = await counted({ count: 0, position: 1 });
    const settle = use.reserve(evening);
    const there = use.used(tokyo);
    counts[1]?.answer({ count: 0, position: 1 });
    const usedThere = await there;
    expect([used().used, usedThere().used]).toEqual([1, 1]);
    settle({ is: 'accepted', position: 2 });
    use.reserve(noon);
    expect([used().used, usedThere().used]).toEqual([2, 1]);
  });
});
