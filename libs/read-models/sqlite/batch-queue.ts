import type { Thread } from '#lib/sqlite';
import { failureOf } from './failure.js';
import type { Refusal } from './writer.js';

/** The most batches in one commit: what a batch may have to wait for. */
const mostInGroup = 16;

type Waiting = {
  readonly batch: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
};

/** Hands batches to the writer in order. What arrives while a commit runs goes into the next one together. */
export type BatchQueue = {
  /** `batch` is JSON. */
  push(batch: string): Promise<void>;
  /** Resolves once everything that was pushed before is settled. */
  settled(): Promise<void>;
};

export const batchQueue = (writer: Thread): BatchQueue => {
  const waiting: Waiting[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let running = false;

  const commit = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const refusals = await writer.call<readonly (Refusal | null)[]>(
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
    while (waiting.length > 0) await commit(waiting.splice(0, mostInGroup));
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
