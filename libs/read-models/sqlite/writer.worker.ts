import { serveThread } from '#lib/threads';
import type { AnyCollection } from '../collection.js';
import { openWriterOf } from './writer.js';

let opened: ReturnType<typeof openWriterOf> | undefined;

const writer = () => {
  if (!opened) throw new Error('The writer was not opened');
  return opened;
};

const methods = {
  open: (file: string): void => {
    opened = openWriterOf(file);
  },
  apply: (batches: readonly string[]) => writer().apply(batches),
  prepare: (collections: readonly AnyCollection[]) => writer().prepare(collections),
  beginRebuild: (collection: AnyCollection) => writer().beginRebuild(collection),
  finishRebuild: (collection: AnyCollection) => writer().finishRebuild(collection),
  sweep: () => writer().sweep(),
  probe: () => writer().probe(),
  close: () => opened?.close(),
};
export type WriterMethods = typeof methods;

serveThread(methods);
