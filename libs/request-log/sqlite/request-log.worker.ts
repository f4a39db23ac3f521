import { workerData } from 'node:worker_threads';
import { serveThread } from '#lib/threads';
import type { RequestBatch } from '../port.js';
import { openTables, type Find, type FindSums } from './tables.js';

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
  sums: (find: FindSums) => tables().sums(find),
  removeBefore: (time: number, limit: number) => tables().removeBefore(time, limit),
  maintain: () => tables().maintain(),
  close: () => opened?.close(),
};
export type RequestLogMethods = typeof methods;

serveThread(methods);
