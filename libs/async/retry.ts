import { setTimeout as delay } from 'node:timers/promises';
import { retryWaitMs, type RetryPolicy } from './policy/index.js';

/** Waits by the monotonic clock; returns early when the signal is aborted. Does not keep the process alive. */
export const pause = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
  try {
    await delay(milliseconds, undefined, { ref: false, ...(signal && { signal }) });
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
};

/** How `retrying` goes on. */
export type Retrying = {
  readonly policy: RetryPolicy;
  /** False: the error is thrown to the caller instead of another attempt. Also the place to log it. */
  readonly again: (error: unknown, failures: number) => boolean;
  /** Ends the waiting: the last error is then thrown. */
  readonly signal: AbortSignal;
};

/**
 * Does a piece of work again and again until it succeeds, `again` says no, or the signal is aborted. Work that goes on for long says that it has
 * `progressed`: failures from before no longer count. @throws the last error.
 */
export const retrying = async <Result>(
  work: (progressed: () => void) => Promise<Result>,
  { policy, again, signal }: Retrying,
): Promise<Result> => {
  let failures = 0;
  for (;;) {
    try {
      return await work(() => void (failures = 0));
    } catch (error) {
      failures += 1;
      if (signal.aborted || !again(error, failures)) throw error;
      await pause(retryWaitMs(policy, failures), signal);
      if (signal.aborted) throw error;
    }
  }
};
