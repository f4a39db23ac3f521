import { setTimeout as delay } from 'node:timers/promises';
import type { ThreadCalls } from '#lib/threads';
import { readModelsError } from './errors.js';
import type { ViewWriterMethods } from './view-writer.worker.js';

/** Batches in one commit: a batch may have to wait for so many others. */
const maxGroupSize = 16;
/**
 * Commits start at least this far apart: waking the thread for each batch costs more than writing it. Where events come so fast that a batch
 * has several of them, more are gathered: each commit also writes the ends of all indexes anew.
 */
const minCommitIntervalMs = { usual: 4, busy: 12 };

type PendingBatch = {
  readonly batch: string;
  readonly events: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
};

/** Passes batches to the writer in order. Those that arrive during a commit, or shortly after, are committed together. */
export type BatchQueue = {
  /** `batch` is JSON; `events`: how many it has changes of. */
  push(batch: string, events: number): Promise<void>;
  /** Resolves once all batches pushed so far are settled. */
  settled(): Promise<void>;
};

export const batchQueue = (writer: ThreadCalls<ViewWriterMethods>): BatchQueue => {
  const waiting: PendingBatch[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let running = false;

  const commit = async (group: readonly PendingBatch[]): Promise<void> => {
    try {
      const failures = await writer.ask(
        'apply',
        group.map(({ batch }) => batch),
      );
      group.forEach(({ resolve, reject }, index) => {
        const failure = failures[index];
        if (failure) reject(readModelsError(Object.assign(new Error(failure.message), failure)));
        else resolve();
      });
    } catch (error) {
      for (const { reject } of group) reject(readModelsError(error));
    }
  };

  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const startedAt = performance.now();
      const isFull = waiting.length >= maxGroupSize;
      const group = waiting.splice(0, maxGroupSize);
      await commit(group);
      const isBusy = group.some(({ events }) => events > 1);
      const waitMs = minCommitIntervalMs[isBusy ? 'busy' : 'usual'] - (performance.now() - startedAt);
      if (waitMs > 0 && !isFull) await delay(waitMs);
    }
    running = false;
  };

  return {
    push: (batch, events) => {
      const done = new Promise<void>((resolve, reject) => waiting.push({ batch, events, resolve, reject }));
      last = Promise.allSettled([done]);
      if (!running) void run();
      return done;
    },
    settled: async () => void (await last),
  };
};
