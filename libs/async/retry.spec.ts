import { describe, expect, it } from '@jest/globals';
import { retryWaitMs } from './policy/index.js';
import { retrying } from './retry.js';

describe('a retry policy', () => {
  it('doubles the wait up to the longest, spread over its second half', () => {
    const policy = { firstWaitMs: 100, maxWaitMs: 1000 };
    const longest = [1, 2, 3, 4, 5, 60].map((failures) => retryWaitMs(policy, failures, 1));
    expect(longest).toEqual([100, 200, 400, 800, 1000, 1000]);
    expect(retryWaitMs(policy, 2, 0)).toBe(100);
  });
});

describe('retrying', () => {
  const policy = { firstWaitMs: 1, maxWaitMs: 2 };
  const failing = (times: number) => {
    let calls = 0;
    return async () => {
      calls += 1;
      if (calls <= times) throw new Error(`failure ${calls}`);
      return calls;
    };
  };

  it('repeats the work until it succeeds', async () => {
    const { signal } = new AbortController();
    await expect(retrying(failing(3), { policy, signal, again: () => true })).resolves.toBe(4);
  });

  it('forgets earlier failures of work that has gone on since', async () => {
    const { signal } = new AbortController();
    const counted: number[] = [];
    let runs = 0;
    const work = async (progressed: () => void): Promise<void> => {
      runs += 1;
      if (runs === 3) progressed();
      if (runs < 5) throw new Error('away');
    };
    await retrying(work, { policy, signal, again: (_error, failures) => counted.push(failures) > 0 });
    expect(counted).toEqual([1, 2, 1, 2]);
  });

  it('throws what is not to be tried again', async () => {
    const { signal } = new AbortController();
    const again = (_error: unknown, failures: number) => failures < 2;
    await expect(retrying(failing(3), { policy, signal, again })).rejects.toThrow('failure 2');
  });

  it('ends when it is aborted, also during a wait', async () => {
    const stopping = new AbortController();
    const slow = { firstWaitMs: 60_000, maxWaitMs: 60_000 };
    const attempt = retrying(failing(3), { policy: slow, signal: stopping.signal, again: () => true });
    stopping.abort();
    await expect(attempt).rejects.toThrow('failure 1');
  });
});
