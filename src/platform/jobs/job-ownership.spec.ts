import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Transient } from '#lib/async';
import { JobOwnership } from './job-ownership.js';

const { signal } = new AbortController();

describe('a job of a process whose place another one takes', () => {
  let isOwned: () => Promise<boolean>;
  let ownership: JobOwnership;

  beforeEach(() => {
    jest.useFakeTimers();
    isOwned = async () => true;
    ownership = new JobOwnership({ database: { isOwned: () => isOwned() } });
  });
  afterEach(() => void jest.useRealTimers());

  it('is aborted', async () => {
    const working = ownership.whileKept(signal, async (own) => {
      await new Promise((resolve) => own.addEventListener('abort', resolve));
      return own.aborted;
    });
    await jest.advanceTimersByTimeAsync(20_000);
    isOwned = () => Promise.reject(new Error('the database is away'));
    await jest.advanceTimersByTimeAsync(20_000);
    isOwned = async () => false;
    await jest.advanceTimersByTimeAsync(5000);
    await expect(working).resolves.toBe(true);
  });

  it('does not begin', async () => {
    await ownership.assertKept();
    isOwned = async () => false;
    await expect(ownership.assertKept()).rejects.toBeInstanceOf(Transient);
  });

  it('needs no look where the stores are files, which one process owns until it ends', async () => {
    const ofFiles = new JobOwnership({});
    await ofFiles.assertKept();
    await expect(ofFiles.whileKept(signal, async (own) => own)).resolves.toBe(signal);
  });
});
