import type { Document } from 'bson';
import type { Storage, Transaction } from './storage.js';

/** Whether what the primary writes reaches the majority of the members. Documents only: collections are made and renamed on all at once. */
export class Replication {
  /** What the majority has, while the primary is cut off from it. */
  private majority: Transaction | undefined;

  constructor(private readonly storage: Storage) {}

  /** From now on, writes stay on the primary: nobody is told that they are done. */
  cut(): void {
    this.majority ??= this.storage.begin();
  }

  /** The others take over: what they do not have is gone. */
  failOver(): void {
    this.majority?.restore();
    this.majority = undefined;
  }

  /** What a read sees that asks for what the majority has. */
  seenBy({ readConcern }: Document): Transaction | undefined {
    return (readConcern as { readonly level?: unknown } | undefined)?.level === 'majority' ? this.majority : undefined;
  }

  /** Whether the answer to a command never comes, since the majority has not got what it wrote. */
  withholds(name: string, isWrite: boolean, { autocommit }: Document): boolean {
    return this.majority !== undefined && (name === 'commitTransaction' || (isWrite && autocommit !== false));
  }
}
