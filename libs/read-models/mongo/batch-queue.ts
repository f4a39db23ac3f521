import { Transactions, type Mongo } from '#lib/mongo';
import type { AnyCollection } from '../collection.js';
import type { Batch } from '../port.js';
import { applyBatch, mergedBatch } from './batches.js';
import { rowsOf } from './rebuild.js';
import type { Copy } from './rows.js';

/** Batches that are written together. */
const maxGroupSize = 16;

type PendingBatch = {
  readonly batch: Batch;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};

/** Writes the batches of one view in order. Those that arrive while others are written are written together. */
export class BatchQueue {
  private readonly waiting: PendingBatch[] = [];
  private running: Promise<void> | undefined;

  private readonly transactions: Transactions;

  constructor(
    private readonly mongo: Mongo,
    private readonly collection: AnyCollection,
    private readonly copy: Copy,
  ) {
    this.transactions = new Transactions(mongo);
  }

  push(batch: Batch): Promise<void> {
    const done = new Promise<void>((resolve, reject) => this.waiting.push({ batch, resolve, reject }));
    this.running ??= this.run();
    return done;
  }

  /** Resolves once all batches pushed so far are settled. */
  async settled(): Promise<void> {
    await this.running;
  }

  async close(): Promise<void> {
    await this.settled();
    await this.transactions.end();
  }

  private async run(): Promise<void> {
    const rows = rowsOf(this.mongo, this.collection.name, this.copy);
    while (this.waiting.length > 0) {
      const group = this.nextGroup();
      try {
        const batch = mergedBatch(group.map(({ batch }) => batch));
        await applyBatch(this.transactions, rows, this.collection, batch);
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.running = undefined;
  }

  /** Those of one subscription. What parks or unparks events is written alone. */
  private nextGroup(): readonly PendingBatch[] {
    const [first] = this.waiting as [PendingBatch];
    const end = this.waiting.findIndex(
      ({ batch }, index) => index === maxGroupSize || (index > 0 && !areOne(first.batch, batch)),
    );
    return this.waiting.splice(0, end < 0 ? this.waiting.length : end);
  }
}

const areOne = (first: Batch, other: Batch): boolean =>
  first.subscription === other.subscription &&
  [first, other].every(({ park, unpark }) => !park?.length && !unpark?.length);
