import { workerData } from 'node:worker_threads';
import { migrate, openWriter, sqliteErrors } from '#lib/sqlite';
import { serveThread } from '#lib/threads';
import { migrations } from './schema.js';
import { decodeUnits, encodeOutcomes, type EncodedGroup } from './wire.js';
import { Writer } from './writer.js';

const { file } = workerData as { readonly file: string };
let writer: Writer | undefined;

const opened = (): Writer => {
  if (!writer) throw new Error('The log is not open');
  return writer;
};

const methods = {
  open: (): void => {
    const db = openWriter(file, 'full');
    try {
      migrate(db, migrations);
      writer = new Writer(db);
    } catch (error) {
      db.close();
      throw error;
    }
  },
  commit: ({ units, recordedAt }: EncodedGroup) => encodeOutcomes(opened().commit(decodeUnits(units), recordedAt)),
  index: () => opened().index(),
  probe: (bytes: number) => opened().probe(bytes),
  checkpoint: () => opened().checkpoint(),
  close: () => writer?.close(),
};
export type WriterMethods = typeof methods;

serveThread(methods, { errors: sqliteErrors });
