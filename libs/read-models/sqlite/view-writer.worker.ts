import { serveThread } from '#lib/threads';
import type { AnyCollection } from '../collection.js';
import type { Copy } from './table.js';
import { openViewWriter } from './writer.js';

let opened: ReturnType<typeof openViewWriter> | undefined;

const writer = () => {
  if (!opened) throw new Error('The writer was not opened');
  return opened;
};

const methods = {
  open: (file: string): void => {
    opened = openViewWriter(file);
  },
  apply: (batches: readonly string[]) => writer().apply(batches),
  prepare: (collections: readonly AnyCollection[]) => writer().prepare(collections),
  buildIndex: (collection: AnyCollection, copy: Copy) => writer().buildIndex(collection, copy),
  beginRebuild: (collection: AnyCollection) => writer().beginRebuild(collection),
  finishRebuild: (collection: AnyCollection) => writer().finishRebuild(collection),
  dropUnprepared: () => writer().dropUnprepared(),
  sweep: () => writer().sweep(),
  maintain: () => writer().maintain(),
  probe: () => writer().probe(),
  close: () => opened?.close(),
};
export type ViewWriterMethods = typeof methods;

serveThread(methods);
