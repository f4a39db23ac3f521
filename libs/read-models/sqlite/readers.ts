import { keyedQueue } from '#lib/async';
import { startThread, workerUrl, type Thread } from '#lib/threads';
import type { PageRequest, RawPage, ViewReaderMethods, SqlRow } from './reader.worker.js';
import type { Sql } from './where.js';

/** Runs reads that may take long on threads of their own, so that one that scans does not block the others. */
export type Readers = {
  readonly ready: Promise<unknown>;
  /** The rows of each statement, on one snapshot. */
  rows(statements: readonly Sql[]): Promise<readonly (readonly SqlRow[])[]>;
  page(request: PageRequest): Promise<RawPage>;
  /** The same for a page that takes long: one at a time, and never on the thread that the others run on. */
  search(request: PageRequest): Promise<RawPage>;
  close(): Promise<void>;
};

/** A read that came so long after another one, which is still under way, is not kept waiting for it. */
const slowMs = 150;

type Reader = {
  readonly thread: Thread<ViewReaderMethods>;
  readonly opened: Promise<void>;
  /** Reads under way, and when this thread last had none. */
  busy: number;
  idleUntil: number;
};

/** Two threads. The second one starts with the first search, or when a read takes long: most installations rarely need it. */
export const openReaders = (file: string): Readers => {
  const start = (): Reader => {
    const thread = startThread<ViewReaderMethods>(workerUrl('./reader.worker.js', import.meta.url));
    return { thread, opened: thread.ask('open', file), busy: 0, idleUntil: 0 };
  };
  const first = start();
  let second: Reader | undefined;
  const searches = keyedQueue();
  let isSearching = false;

  const startSecond = (): Reader => {
    const reader = start();
    reader.opened.catch(() => {
      if (second === reader) second = undefined;
      void reader.thread.terminate();
    });
    return (second = reader);
  };
  const idlest = (): Reader => {
    if (isSearching || first.busy === 0) return first;
    if (second) return second.busy < first.busy ? second : first;
    return performance.now() - first.idleUntil > slowMs ? startSecond() : first;
  };
  const on = async <Result>(
    reader: Reader,
    read: (thread: Thread<ViewReaderMethods>) => Promise<Result>,
  ): Promise<Result> => {
    if (reader.busy === 0) reader.idleUntil = performance.now();
    reader.busy += 1;
    try {
      await reader.opened;
      return await read(reader.thread);
    } finally {
      reader.busy -= 1;
    }
  };
  return {
    ready: first.opened,
    rows: (statements) => on(idlest(), (thread) => thread.ask('rows', statements)),
    page: (request) => on(idlest(), (thread) => thread.ask('page', request)),
    search: (request) =>
      searches.run('', async () => {
        isSearching = true;
        try {
          return await on(second ?? startSecond(), (thread) => thread.ask('page', request));
        } finally {
          isSearching = false;
        }
      }),
    close: async () => {
      const readers = second ? [first, second] : [first];
      await Promise.all(readers.map(({ thread }) => thread.close()));
    },
  };
};
