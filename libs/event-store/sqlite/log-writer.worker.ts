import { workerData } from 'node:worker_threads';
import { migrate, openWriter, sqliteErrors } from '#lib/sqlite';
import { serveThread } from '#lib/threads';
import { eventStoreMigrations } from './schema.js';
import { decodeGroup, encodeOutcomes, type EncodedCommit } from './wire.js';
import { LogWriter } from './writer.js';

const { file } = workerData as { readonly file: string };
let writer: LogWriter | undefined;

const opened = (): LogWriter => {
  if (!writer) throw new Error('The log is not open');
  return writer;
};

const methods = {
  open: (): void => {
    const db = openWriter(file, 'full');
    try {
      migrate(db, eventStoreMigrations);
      writer = new LogWriter(db);
    } catch (error) {
      db.close();
      throw error;
    }
  },
  commit: ({ group, recordedAt }: EncodedCommit) => encodeOutcomes(opened().commit(decodeGroup(group), recordedAt)),
  index: () => opened().index(),
  probe: (bytes: number) => opened().probe(bytes),
  checkpoint: () => opened().checkpoint(),
  maintain: () => opened().maintain(),
  close: () => writer?.close(),
};
export type LogWriterMethods = typeof methods;

serveThread(methods, { errors: sqliteErrors });
