import type { AnyCollection, Collection, FieldOf } from './collection.js';
import type { Fields, Write } from './write.js';

export type Scalar = string | number | boolean | null;

/**
 * Values of different types are not equal: `true` is not 1. `null` also matches an absent field. A range compares numbers with numbers
 * and strings with strings (by code point). Objects and arrays match nothing; they are not `null`.
 */
export type Condition =
  | Scalar
  | { readonly in: readonly Scalar[] }
  | {
      readonly gt?: string | number;
      readonly gte?: string | number;
      readonly lt?: string | number;
      readonly lte?: string | number;
    };

/** All conditions must hold. `undefined` is an error, not ignored: a missing user id must not match the documents of all users. */
export type Where<Doc extends Fields> = { readonly [field in FieldOf<Doc>]?: Condition };

export type Find<Doc extends Fields> = {
  readonly where?: Where<Doc>;
  /**
   * All its words (see `searchTermsOf`) must occur in the search fields: as words, or as prefixes of words where they are long enough.
   * Without a word it finds nothing. In a file, searches run one at a time, so that they do not delay other reads.
   */
  readonly search?: string;
  /**
   * Default: by id, descending. Ties are sorted by id in the same order. Ascending order: absent and `null`, numbers, strings (by code
   * point), booleans, then objects and arrays, which are all equal. `isUnique`: no two documents have the same value at one time. The next
   * page then begins after the last value, also where another document has it by then.
   */
  readonly sort?: { readonly field: FieldOf<Doc>; readonly order: 'asc' | 'desc'; readonly isUnique?: true };
  /** 1 to 1000. */
  readonly limit: number;
  /** `next` of the previous page of the same `find`. */
  readonly cursor?: string;
};

/** `next` is null on the last page. Pages do not shift when documents are added, changed or removed meanwhile. */
export type Page<Doc> = { readonly data: readonly Doc[]; readonly next: string | null };

export type SumByDay<Doc extends Fields> = {
  readonly where?: Where<Doc>;
  /** A field with an ISO date or time; its first ten characters are the day. Documents without it are skipped. */
  readonly day: FieldOf<Doc>;
  readonly sums: readonly FieldOf<Doc>[];
};

/** Days are ascending; days without documents are missing. */
export type DaySum = {
  readonly day: string;
  readonly count: number;
  readonly sums: { readonly [field: string]: number };
};

/** An event that a subscription could not handle, kept until an admin retries or skips it. */
export type Parked = {
  readonly position: number;
  readonly eventId: string;
  readonly eventType: string;
  readonly stream: string;
  /** Later events with the same key are parked behind it, so that order is kept. */
  readonly key: string;
  /** The error of the handler; `null` if the event only waits behind another one. */
  readonly error: string | null;
  readonly attempts: number;
  /** ISO 8601, UTC. */
  readonly parkedAt: string;
};

/** The progress of a subscription: all events up to `checkpoint` are handled, except for the parked ones. */
export type Progress = { readonly checkpoint: number; readonly parked: readonly Parked[] };

/** The writes of one event. */
export type EventWrites = { readonly position: number; readonly writes: readonly Write[] };

/** What is stored in one transaction for the subscription of a view. */
export type Batch = {
  readonly subscription: string;
  /** The collection that is written. */
  readonly collection: string;
  /** Whether it belongs to the copy that is being rebuilt, which has its own progress. */
  readonly shadow?: boolean;
  /** Positions are ascending, and none is after `checkpoint` except for those in `unpark`. */
  readonly changes: readonly EventWrites[];
  /** The new checkpoint. Ignored if it is lower than the stored one. */
  readonly checkpoint: number;
  /** Events to park, or parked ones with a new error. Events that were handled meanwhile are not parked again. */
  readonly park?: readonly Parked[];
  /** Positions to unpark: retried in this batch, or skipped. */
  readonly unpark?: readonly number[];
};

/** What may be asked of the views. */
export interface ViewReader {
  get<Doc extends Fields>(collection: Collection<Doc>, id: string): Promise<Doc | undefined>;

  /** Those of the documents with these ids that there are, each once, in no particular order. */
  getAll<Doc extends Fields>(collection: Collection<Doc>, ids: readonly string[]): Promise<readonly Doc[]>;

  /** @throws {InvalidCursor} the cursor belongs to another `find`. @throws {RangeError | TypeError} the query is not valid. */
  find<Doc extends Fields>(collection: Collection<Doc>, find: Find<Doc>): Promise<Page<Doc>>;

  count<Doc extends Fields>(collection: Collection<Doc>, where?: Where<Doc>): Promise<number>;

  sumByDay<Doc extends Fields>(collection: Collection<Doc>, sum: SumByDay<Doc>): Promise<readonly DaySum[]>;
}

/** The views and their progress. All methods may be called concurrently; the batches of a view are applied in the order of the calls. */
export interface ReadModels extends ViewReader {
  /**
   * Creates the collections and brings their indexes up to date (those of a new one: see `buildIndexes`): called once, before anything else. Returns the version of each
   * collection's stored content: if it is older than the definition, a rebuild is due; the old content is served until it is done.
   */
  prepare(collections: readonly AnyCollection[]): Promise<ReadonlyMap<string, number>>;

  /**
   * Applies a batch: all of it or nothing. Skips the changes of handled events (at or below the stored checkpoint, unless parked and in
   * `unpark`), so that applying a batch again changes nothing.
   * @throws {ReadModelsUnavailable} nothing was applied.
   * @throws {RangeError} positions out of order or after the checkpoint.
   */
  apply(batch: Batch): Promise<void>;

  /** The progress of a subscription. Checkpoint 0 and nothing parked if it never ran. */
  progress(subscription: string, options?: { readonly shadow?: boolean }): Promise<Progress>;

  /**
   * To be called when a copy has caught up with the log: an adapter may leave indexes out of a copy that it has filled from nothing, and make
   * them here, which is much faster. Changes nothing that can be read, only how fast; does nothing when it is called again.
   * @throws {ReadModelsUnavailable} some are still missing.
   */
  buildIndexes(collection: AnyCollection, options?: { readonly shadow?: boolean }): Promise<void>;

  /** Creates an empty shadow copy; drops that of an unfinished rebuild. The live copy is served meanwhile. */
  beginRebuild(collection: AnyCollection): Promise<void>;

  /**
   * Replaces the live copy, its progress and its parked events by the shadow copy, atomically for every reader.
   * @throws {Error} there is no shadow copy, or its checkpoint is behind that of the live copy: views never go back.
   */
  finishRebuild(collection: AnyCollection): Promise<void>;

  /** Resolves if a batch could be applied now. @throws {ReadModelsUnavailable} with the reason. */
  ready(): Promise<void>;

  /**
   * Drops what is stored of collections that were not prepared since this was opened, with their progress: nothing writes or reads them any
   * more. Answers their names, in order.
   */
  dropUnprepared(): Promise<readonly string[]>;

  /** Brings its files into shape, where it has any: to be called once a day or so. */
  maintain(): Promise<void>;

  /** Finishes accepted batches and releases the files. May be called twice. */
  close(): Promise<void>;
}
