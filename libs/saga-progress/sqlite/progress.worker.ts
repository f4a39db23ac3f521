import { workerData } from 'node:worker_threads';
import { serveThread } from '#lib/threads';
import type { ProgressRecord } from '../port.js';
import { openTables } from './tables.js';

const { file } = workerData as { readonly file: string };
let opened: ReturnType<typeof openTables> | undefined;

const tables = () => {
  if (!opened) throw new Error('The progress of sagas is not open');
  return opened;
};

const methods = {
  open: (): void => {
    opened = openTables(file);
  },
  commit: (records: readonly ProgressRecord[]) => tables().commit(records),
  load: (saga: string) => tables().load(saga),
  maintain: () => tables().maintain(),
  probe: () => tables().probe(),
  close: () => opened?.close(),
};
export type ProgressMethods = typeof methods;

serveThread(methods);
