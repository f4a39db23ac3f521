import { describe, expect, it } from '@jest/globals';
import { SearchTimedOut, searchQueue } from './searches.js';

const longMs = 60_000;

describe('a search', () => {
  it('waits for the earlier ones of its asker, and not for those of others', async () => {
    const run = searchQueue(longMs);
    const done: string[] = [];
    let endFirst = (): void => undefined;
    const first = run('ana', () => new Promise<void>((resolve) => (endFirst = resolve)));
    const second = run('ana', async () => void done.push('second of ana'));
    await run('ben', async () => void done.push('first of ben'));
    expect(done).toEqual(['first of ben']);
    endFirst();
    await Promise.all([first, second]);
    expect(done).toEqual(['first of ben', 'second of ana']);
  });

  it('is given up after a while, also while it waits; it then never begins', async () => {
    const run = searchQueue(10);
    let begun = 0;
    let endFirst = (): void => undefined;
    const first = run('ana', () => new Promise<void>((resolve) => (endFirst = resolve)));
    const second = run('ana', async () => void (begun += 1));
    await expect(first).rejects.toThrow(SearchTimedOut);
    await expect(second).rejects.toThrow(SearchTimedOut);
    endFirst();
    expect(await run('ana', async () => begun)).toBe(0);
  });

  it('fails as what it asks does', async () => {
    await expect(searchQueue(longMs)('ana', () => Promise.reject(new TypeError('no')))).rejects.toThrow(TypeError);
  });
});
