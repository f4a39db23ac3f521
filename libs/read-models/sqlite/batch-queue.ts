import { setTimeout as delay } from 'node:timers/promises';
import type { Calls } from '#lib/threads';
import { failureOf } from './failure.js';
import type { WriterMethods } from './writer.worker.js';

/** The most batches in one commit: what a batch may have to wait for. */
const mostInGroup = 16;
/** Commits begin at least so many milliseconds apart: waking the thread for each batch costs more than writing it. */
const leastPause = 4;

type Waiting = {
  readonly batch: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
};

/** Hands batches to the writer in order. What arrives while a commit runs, and shortly after, goes into the next one together. */
export type BatchQueue = {
  /** `batch` is JSON. */
  push(batch: string): Promise<void>;
  /** Resolves once everything that was pushed before is settled. */
  settled(): Promise<void>;
};

export const batchQueue = (writer: Calls<WriterMethods>): BatchQueue => {
  const waiting: Waiting[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let running = false;

  const commit = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const refusals = await writer.ask(
        'apply',
        group.map(({ batch }) => batch),
      );
      group.forEach(({ resolve, reject }, index) => {
        const refusal = refusals[index];
        if (refusal) reject(failureOf(Object.assign(new Error(refusal.message), refusal)));
        else resolve();
      });
    } catch (error) {
      for (const { reject } of group) reject(failureOf(error));
    }
  };

  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const begun = performance.now();
      const isFull = waiting.length >= mostInGroup;
      await commit(waiting.splice(0, mostInGroup));
      const rest = leastPause - (performance.now() - begun);
      if (rest > 0 && !isFull) await delay(rest);
    }
    running = false;
  };

  return {
    push: (batch) => {
      const done = new Promise<void>((resolve, reject) => waiting.push({ batch, resolve, reject }));
      last = Promise.allSettled([done]);
      if (!running) void run();
      return done;
    },
    settled: async () => void (await last),
  };
};
