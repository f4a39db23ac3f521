import type { Document } from 'bson';
import type { Cursors } from '../cursors.js';
import type { Storage, Transaction } from '../storage.js';

export type CommandContext = {
  readonly storage: Storage;
  readonly cursors: Cursors;
  readonly transaction: Transaction | undefined;
};

/** Answers what stands beside `ok: 1`. */
export type Command = (command: Document, context: CommandContext) => Document | Promise<Document>;
