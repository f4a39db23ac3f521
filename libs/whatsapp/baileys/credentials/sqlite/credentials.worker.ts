import { workerData } from 'node:worker_threads';
import { serveThread } from '#lib/threads';
import type { CredentialsChange } from '../change.js';
import type { Durability } from '../port.js';
import { openCredentialsFile } from './file.js';
import { CredentialsWriter } from './writer.js';

const { file } = workerData as { readonly file: string };
let writer: CredentialsWriter | undefined;

const opened = (): CredentialsWriter => {
  if (!writer) throw new Error('The credentials are not open');
  return writer;
};

const methods = {
  open: (): void => {
    writer = new CredentialsWriter(openCredentialsFile(file));
  },
  commit: (changes: readonly CredentialsChange[], durability: Durability) => opened().commit(changes, durability),
  close: () => writer?.close(),
};
export type CredentialsMethods = typeof methods;

serveThread(methods);
