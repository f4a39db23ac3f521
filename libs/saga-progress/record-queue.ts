import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import type { ProgressRecord } from './port.js';

/**
 * Commits begin at least this far apart. Each one is an fsync, and few wait for the progress of a busy saga: after a crash, it handles a few
 * more events again. Who takes a page after the other does wait, so a page should have many events.
 */
export const minCommitIntervalMs = 50;

type Waiting = {
  readonly record: ProgressRecord;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};

/** Commits records in the order of the calls. Those that come while a commit is under way or not due yet are committed together. */
export type RecordQueue = {
  /** Rejects with the error of the commit, which then was undone as a whole. */
  push(record: ProgressRecord): Promise<void>;
  /** Resolves once everything that was pushed before this call is settled. */
  settled(): Promise<void>;
};

export const recordQueue = (commit: (records: readonly ProgressRecord[]) => Promise<void>): RecordQueue => {
  const waiting: Waiting[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let isRunning = false;
  let lastBegunAt = -Infinity;

  const commitWaiting = async (): Promise<void> => {
    const group = waiting.splice(0);
    try {
      await commit(group.map(({ record }) => record));
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };

  const run = async (): Promise<void> => {
    isRunning = true;
    while (waiting.length > 0) {
      await setImmediate(); // several sagas react to the same event in one turn of the event loop
      const waitMs = lastBegunAt + minCommitIntervalMs - performance.now();
      if (waitMs > 0) await delay(waitMs);
      lastBegunAt = performance.now();
      await commitWaiting();
    }
    isRunning = false;
  };

  return {
    push: (record) => {
      const done = new Promise<void>((resolve, reject) => waiting.push({ record, resolve, reject }));
      last = Promise.allSettled([done]);
      if (!isRunning) void run();
      return done;
    },
    settled: async () => void (await last),
  };
};
