import { workerData } from 'node:worker_threads';
import { copyDatabase, openWriter, type Database } from '#lib/sqlite';
import { serveThread } from '#lib/threads';
import { verifyEvents, verifyFile, verifyStreams, type StreamCursor } from './verify.js';

const { file } = workerData as { readonly file: string };
let connection: Database | undefined;
const db = (): Database => (connection ??= openWriter(file, 'full'));

const methods = {
  checkpoint: () => void db().pragma('wal_checkpoint(PASSIVE)'),
  verifyEvents: (range: { after: number; upTo: number }) => verifyEvents(db(), range),
  verifyStreams: (after: StreamCursor) => verifyStreams(db(), after),
  verifyFile: () => verifyFile(db()),
  backup: (target: string) => copyDatabase(db(), target),
  close: () => void connection?.close(),
};
export type MaintenanceMethods = typeof methods;

serveThread(methods);
