import { workerData } from 'node:worker_threads';
import { openWriter, serveThread, type Database } from '#lib/sqlite';
import { backupTo } from './backup.js';
import { verifyEvents, verifyFile, verifyStreams, type StreamPlace } from './verify.js';

const { file } = workerData as { readonly file: string };
let connection: Database | undefined;
const db = (): Database => (connection ??= openWriter(file, 'full'));

serveThread({
  checkpoint: () => void db().pragma('wal_checkpoint(PASSIVE)'),
  verifyEvents: (range: { after: number; upTo: number }) => verifyEvents(db(), range),
  verifyStreams: (after: StreamPlace) => verifyStreams(db(), after),
  verifyFile: () => verifyFile(db()),
  backup: (target: string) => backupTo(db(), target),
  close: () => connection?.close(),
});
