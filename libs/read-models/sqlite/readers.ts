import { startThread, workerUrl } from '#lib/sqlite';
import type { PageRequest, RawPage, Row } from './reader.worker.js';
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
    thread: startThread(workerUrl('./reader.worker.js', import.meta.url), undefined),
    busy: 0,
  }));

  const call = async <Result>(method: string, argument: unknown): Promise<Result> => {
    const reader = readers.reduce((idlest, reader) => (reader.busy < idlest.busy ? reader : idlest));
    reader.busy += 1;
    try {
      return await reader.thread.call<Result>(method, argument);
    } finally {
      reader.busy -= 1;
    }
  };
  return {
    ready: Promise.all(readers.map(({ thread }) => thread.call('open', file))),
    rows: (statements) => call('rows', statements),
    page: (request) => call('page', request),
    close: async () => {
      await Promise.all(readers.map(({ thread }) => thread.close()));
    },
  };
};
