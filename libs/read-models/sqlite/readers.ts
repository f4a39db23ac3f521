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

/** `count` is two at least. */
export const openReaders = (file: string, count: number): Readers => {
  const start = () => ({
    thread: startThread<ViewReaderMethods>(workerUrl('./reader.worker.js', import.meta.url)),
    busy: 0,
  });
  const searcher = start();
  const others = Array.from({ length: count - 1 }, start);
  const readers = [searcher, ...others];
  const searches = keyedQueue();
  let isSearching = false;

  const onIdlest = async <Result>(read: (thread: Thread<ViewReaderMethods>) => Promise<Result>): Promise<Result> => {
    const free = isSearching ? others : readers;
    const reader = free.reduce((idlest, reader) => (reader.busy < idlest.busy ? reader : idlest));
    reader.busy += 1;
    try {
      return await read(reader.thread);
    } finally {
      reader.busy -= 1;
    }
  };
  return {
    ready: Promise.all(readers.map(({ thread }) => thread.ask('open', file))),
    rows: (statements) => onIdlest((thread) => thread.ask('rows', statements)),
    page: (request) => onIdlest((thread) => thread.ask('page', request)),
    search: (request) =>
      searches.run('', async () => {
        isSearching = true;
        try {
          return await searcher.thread.ask('page', request);
        } finally {
          isSearching = false;
        }
      }),
    close: async () => {
      await Promise.all(readers.map(({ thread }) => thread.close()));
    },
  };
};
