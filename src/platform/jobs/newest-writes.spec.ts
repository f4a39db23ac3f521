import { describe, expect, it } from '@jest/globals';
import { NewestWrites } from './newest-writes.js';

const { signal } = new AbortController();

/** A store that fails as often as it is told to, and says which value it refused. */
const store = () => {
  const written: string[] = [];
  const state = { failures: 0 };
  const writes = new NewestWrites<string>(async (key, value) => {
    if (state.failures > 0) {
      state.failures -= 1;
      throw new Error(`no room for ${value}`);
    }
    written.push(`${key}=${value}`);
  });
  return { written, state, writes };
};

describe('the newest value of a key', () => {
  it('is written however often that fails', async () => {
    const { written, state, writes } = store();
    state.failures = 3;
    const refused: unknown[] = [];
    await writes.untilWritten('job', 'ended', { signal, again: (error) => refused.push(error) > 0 });
    expect(refused).toHaveLength(3);
    expect(written).toEqual(['job=ended']);
    expect(writes.waiting('job')).toBeUndefined();
  });

  it('takes the place of an older one that waits', async () => {
    const { written, state, writes } = store();
    state.failures = 1;
    const older = writes.untilWritten('job', 'old', { signal, again: () => true });
    const newer = writes.untilWritten('job', 'new', { signal, again: () => true });
    expect(writes.waiting('job')).toBe('new');
    await Promise.all([older, newer]);
    expect(written).toEqual(['job=new']);
  });

  it('that is written once tells its failure, and what waited before goes on waiting', async () => {
    const { written, state, writes } = store();
    state.failures = 2;
    let isFirst = true;
    const older = writes.untilWritten('job', 'old', {
      signal,
      again: () => {
        if (isFirst) void writes.once('job', 'new').catch(() => {});
        isFirst = false;
        return true;
      },
    });
    await older;
    expect(written).toEqual(['job=old']);
    state.failures = 1;
    await expect(writes.once('job', 'new')).rejects.toThrow('no room for new');
    expect(writes.waiting('job')).toBeUndefined();
  });

  it('is given up when the signal is aborted', async () => {
    const { state, writes } = store();
    state.failures = Infinity;
    const stopping = new AbortController();
    const writing = writes.untilWritten('job', 'ended', { signal: stopping.signal, again: () => true });
    stopping.abort();
    await expect(writing).rejects.toThrow('no room for ended');
  });
});
