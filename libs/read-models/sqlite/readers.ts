import { startThread, workerUrl, type Thread } from '#lib/threads';
import type { PageRequest, RawPage, ReaderMethods, Row } from './reader.worker.js';
import type { Sql } from './where.js';

/** Reads that may take long, in threads of their own: one that scans does not keep the others waiting. */
export type Readers = {
  readonly ready: Promise<unknown>;
  /** The rows of each statement, all of one snapshot. */
  rows(statements: readonly Sql[]): Promise<readonly (readonly Row[])[]>;
  page(request: PageRequest): Promise<RawPage>;
  close(): Promise<void>;
};

export const openReaders = (file: string, count: number): Readers => {
  const readers = Array.from({ length: count }, () => ({
    thread: startThread<ReaderMethods>(workerUrl('./reader.worker.js', import.meta.url)),
    busy: 0,
  }));

  const onIdlest = async <Result>(read: (thread: Thread<ReaderMethods>) => Promise<Result>): Promise<Result> => {
    const reader = readers.reduce((idlest, reader) => (reader.busy < idlest.busy ? reader : idlest));
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
    close: async () => {
      await Promise.all(readers.map(({ thread }) => thread.close()));
    },
  };
};
