import { EJSON, type Document } from 'bson';
import { at } from './order.js';
import { MongoProblem, writeConflict } from './problem.js';

export type Index = {
  readonly name: string;
  readonly key: Document;
  readonly unique: boolean;
  readonly rest: Document;
};

type Stored = { readonly document: Document; /** The storage's clock when it was written. */ readonly version: number };

/** The documents of one collection, by their `_id`. */
export class Collection {
  readonly documents = new Map<string, Stored>();
  /** Versions of removed documents, for conflicts with transactions that began before. */
  readonly removed = new Map<string, number>();
  indexes: Index[] = [{ name: '_id_', key: { _id: 1 }, unique: true, rest: {} }];
}

export const keyOf = (id: unknown): string =>
  typeof id === 'string' ? `"${id}` : EJSON.stringify({ id }, { relaxed: false });

/** What a command reads and writes: the stored data, or a transaction's view of it. */
export class Storage {
  readonly collections = new Map<string, Collection>();
  clock = 0;
  /** Documents and unique values that an open transaction has written, and its end. */
  private readonly locks = new Map<string, Transaction>();
  private readonly open = new Set<Transaction>();

  begin(): Transaction {
    const transaction = new Transaction(this);
    this.open.add(transaction);
    return transaction;
  }

  create(namespace: string): Collection {
    const known = this.collections.get(namespace) ?? new Collection();
    this.collections.set(namespace, known);
    return known;
  }

  read(namespace: string, transaction?: Transaction): Document[] {
    if (transaction) return transaction.read(namespace);
    return [...(this.collections.get(namespace)?.documents.values() ?? [])].map(({ document }) => document);
  }

  get(namespace: string, id: unknown, transaction?: Transaction): Document | undefined {
    if (transaction) return transaction.get(namespace, keyOf(id));
    return this.collections.get(namespace)?.documents.get(keyOf(id))?.document;
  }

  /**
   * Stores a document, or removes it where `after` is null. Outside a transaction, waits for one that has written it.
   * @throws {MongoProblem} `DuplicateKey`; in a transaction also `WriteConflict`, and `NoSuchTransaction` where it has ended meanwhile.
   */
  async write(namespace: string, id: unknown, after: Document | null, transaction?: Transaction): Promise<void> {
    const key = keyOf(id);
    const names = [`${namespace} ${key}`, ...(after ? this.uniqueValues(namespace, after) : [])];
    if (transaction) {
      if (!this.open.has(transaction)) throw transactionAborted(); // it would lock for good
      transaction.check(namespace, key);
      for (const name of names) {
        const owner = this.locks.get(name);
        if (owner && owner !== transaction) throw writeConflict();
      }
      this.checkUnique(namespace, key, after, transaction);
      for (const name of names) this.locks.set(name, transaction);
      transaction.put(namespace, key, after);
      return;
    }
    // Without a turn where nothing is locked: what was looked for and what is written are one step, as on the real server.
    for (const name of names) if (this.locks.has(name)) await this.locks.get(name)?.ended;
    this.checkUnique(namespace, key, after);
    this.put(namespace, key, after);
  }

  put(namespace: string, key: string, document: Document | null): void {
    const collection = this.create(namespace);
    for (const transaction of this.open) transaction.keep(namespace, key, collection.documents.get(key));
    this.clock += 1;
    if (document) collection.documents.set(key, { document, version: this.clock });
    else {
      collection.documents.delete(key);
      collection.removed.set(key, this.clock);
    }
  }

  end(transaction: Transaction): void {
    this.open.delete(transaction);
    for (const [name, owner] of this.locks) if (owner === transaction) this.locks.delete(name);
  }

  private uniqueIndexes(namespace: string): readonly Index[] {
    return (this.collections.get(namespace)?.indexes ?? []).filter(({ unique, name }) => unique && name !== '_id_');
  }

  private uniqueValues(namespace: string, document: Document): readonly string[] {
    return this.uniqueIndexes(namespace).map(({ name, key }) => `${namespace} ${name} ${valuesOf(document, key)}`);
  }

  /** @throws {MongoProblem} `DuplicateKey` */
  private checkUnique(namespace: string, key: string, after: Document | null, transaction?: Transaction): void {
    if (!after) return;
    for (const index of this.uniqueIndexes(namespace)) {
      const values = valuesOf(after, index.key);
      const isTaken = this.read(namespace, transaction).some(
        (other) => keyOf(other['_id']) !== key && valuesOf(other, index.key) === values,
      );
      if (isTaken) throw duplicateKey(namespace, index, after);
    }
  }
}

const transactionAborted = (): MongoProblem =>
  new MongoProblem(251, 'NoSuchTransaction', 'Transaction has been aborted.', {
    errorLabels: ['TransientTransactionError'],
  });

export const duplicateKey = (namespace: string, { name, key }: Index, document: Document): MongoProblem => {
  const keyValue = Object.fromEntries(Object.keys(key).map((path) => [path, at(document, path) ?? null]));
  const text = `E11000 duplicate key error collection: ${namespace} index: ${name} dup key: ${EJSON.stringify(keyValue)}`;
  return new MongoProblem(11000, 'DuplicateKey', text, { keyPattern: key, keyValue });
};

const valuesOf = (document: Document, key: Document): string =>
  EJSON.stringify(
    Object.keys(key).map((path) => at(document, path) ?? null),
    { relaxed: false },
  );

/** Reads what was there when it began, and its own writes. */
export class Transaction {
  private readonly begun: number;
  /** What others have changed since it began, as it was then. */
  private readonly earlier = new Map<string, Map<string, Document | null>>();
  private readonly written = new Map<string, Map<string, Document | null>>();
  private isOver!: () => void;
  readonly ended = new Promise<void>((resolve) => (this.isOver = resolve));

  constructor(private readonly storage: Storage) {
    this.begun = storage.clock;
  }

  read(namespace: string): Document[] {
    const seen = new Map<string, Document | null>();
    for (const [key, { document }] of this.storage.collections.get(namespace)?.documents ?? []) seen.set(key, document);
    for (const changes of [this.earlier, this.written])
      for (const [key, document] of changes.get(namespace) ?? []) seen.set(key, document);
    return [...seen.values()].filter((document) => document !== null);
  }

  get(namespace: string, key: string): Document | undefined {
    for (const changes of [this.written, this.earlier]) {
      const document = changes.get(namespace)?.get(key);
      if (document !== undefined) return document ?? undefined;
    }
    return this.storage.collections.get(namespace)?.documents.get(key)?.document;
  }

  /** @throws {MongoProblem} `WriteConflict`: somebody has written it since this transaction began. */
  check(namespace: string, key: string): void {
    const collection = this.storage.collections.get(namespace);
    const version = collection?.documents.get(key)?.version ?? collection?.removed.get(key) ?? 0;
    if (version > this.begun) throw writeConflict();
  }

  keep(namespace: string, key: string, before: Stored | undefined): void {
    const kept = changesOf(this.earlier, namespace);
    if (!kept.has(key)) kept.set(key, before?.document ?? null);
  }

  put(namespace: string, key: string, document: Document | null): void {
    changesOf(this.written, namespace).set(key, document);
  }

  /** Makes the storage again what it was when this began. */
  restore(): void {
    this.abort();
    for (const [namespace, documents] of this.earlier) {
      for (const [key, document] of documents) this.storage.put(namespace, key, document);
    }
  }

  commit(): void {
    this.abort();
    for (const [namespace, documents] of this.written) {
      for (const [key, document] of documents) this.storage.put(namespace, key, document);
    }
  }

  abort(): void {
    this.storage.end(this);
    this.isOver();
  }
}

const changesOf = <Value>(all: Map<string, Map<string, Value>>, namespace: string): Map<string, Value> => {
  const known = all.get(namespace) ?? new Map<string, Value>();
  all.set(namespace, known);
  return known;
};
