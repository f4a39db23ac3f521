import { workerData } from 'node:worker_threads';
import { serveThread } from '#lib/threads';
import type { RequestBatch } from '../port.js';
import { openTables, type Find, type FindCounts } from './tables.js';

const { file } = workerData as { readonly file: string };
let opened: ReturnType<typeof openTables> | undefined;

const tables = () => {
  if (!opened) throw new Error('The log of requests is not open');
  return opened;
};

const methods = {
  open: (): void => {
    opened = openTables(file);
  },
  write: (batch: RequestBatch) => tables().write(batch),
  find: (find: Find) => tables().find(find),
  counts: (find: FindCounts) => tables().counts(find),
  removeBefore: (time: number, limit: number) => tables().removeBefore(time, limit),
  close: () => opened?.close(),
};
export type RequestLogMethods = typeof methods;

serveThread(methods);
