import { describe, expect, it } from '@jest/globals';
import { sharedWork } from './shared-work.js';

describe('shared work', () => {
  it('is done once for all who want it at the same time, and anew for whoever comes later', async () => {
    const shared = sharedWork<number>();
    let done = 0;
    const work = async () => ++done;
    expect(await Promise.all([shared('a', work), shared('a', work), shared('b', work)])).toEqual([1, 1, 2]);
    expect(await shared('a', work)).toBe(3);
  });

  it('fails for all who share it, and may succeed at the next attempt', async () => {
    const shared = sharedWork<string>();
    const failing = () => Promise.reject(new Error('no'));
    const ended = await Promise.allSettled([shared('a', failing), shared('a', async () => 'not done')]);
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(shared('a', async () => 'yes')).resolves.toBe('yes');
  });
});
