import type { AnyCollection, Collection, FieldOf } from './collection.js';
import type { Fields, Write } from './write.js';

export type Scalar = string | number | boolean | null;

/**
 * A value equals only its own kind: `true` is not 1. `null` also matches an absent field. A range compares numbers with numbers and
 * strings with strings (by code point). Objects and arrays match nothing, and are not `null`.
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

/** All conditions must hold. One that is `undefined` is an error, not left out: a missing user id must not find everybody's documents. */
export type Where<Doc extends Fields> = { readonly [field in FieldOf<Doc>]?: Condition };

export type Find<Doc extends Fields> = {
  readonly where?: Where<Doc>;
  /** Words that must all occur (as beginnings of words, see `wordsOf`) in the collection's search fields. A text without a word finds nothing. */
  readonly search?: string;
  /**
   * Default: by id, descending. Ties are broken by id in the same order. Smallest are absent fields and `null`, then come numbers,
   * strings (by code point), booleans, and last objects and arrays, which are all alike.
   */
  readonly sort?: { readonly field: FieldOf<Doc>; readonly order: 'asc' | 'desc' };
  /** 1 to 1000. */
  readonly limit: number;
  /** `next` of the page before, of the same `find`. */
  readonly cursor?: string;
};

/** `next` is null on the last page. Documents that arrive, change or go meanwhile shift no page. */
export type Page<Doc> = { readonly data: readonly Doc[]; readonly next: string | null };

export type SumByDay<Doc extends Fields> = {
  readonly where?: Where<Doc>;
  /** The field with an ISO date or time whose first ten characters are the day. Documents without it are left out. */
  readonly day: FieldOf<Doc>;
  readonly sums: readonly FieldOf<Doc>[];
};

/** Days ascending; days without a document are absent. */
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
  /** What the handler said; `null` for one that only waits behind another. */
  readonly error: string | null;
  readonly attempts: number;
  /** ISO 8601, UTC. */
  readonly parkedAt: string;
};

/** How far a subscription has come: all events up to `checkpoint` are done, but for the parked ones. */
export type Progress = { readonly checkpoint: number; readonly parked: readonly Parked[] };

/** The writes that one event led to. */
export type Change = { readonly position: number; readonly writes: readonly Write[] };

/** What is stored in one transaction for a subscription that feeds a view. */
export type Batch = {
  readonly subscription: string;
  /** Where the writes go. */
  readonly collection: string;
  /** True: into the copy that is being rebuilt, with a progress of its own. */
  readonly shadow?: boolean;
  /** Positions ascending, none beyond `checkpoint` but those of `unpark`. */
  readonly changes: readonly Change[];
  /** The new checkpoint; a lower one than the stored one leaves that as it is. */
  readonly checkpoint: number;
  /** New ones, or parked ones again with another error. Those that were done meanwhile are not parked again. */
  readonly park?: readonly Parked[];
  /** Positions that are parked no longer: retried with the changes of this batch, or skipped. */
  readonly unpark?: readonly number[];
};

/** The views and how far each is. All methods are safe to call concurrently; a view's batches are applied in the order of the calls. */
export interface ReadModels {
  /**
   * Makes collections ready to be written and read: called once, before anything else. Indexes follow the definitions.
   * Answers the version of each collection's stored content: where it is older than the definition's, a rebuild is due, and the old content is served until it is done.
   */
  prepare(collections: readonly AnyCollection[]): Promise<ReadonlyMap<string, number>>;

  /**
   * Applies a batch: all of it or nothing. A change is passed over where its position is done already (at or below the stored checkpoint,
   * unless it is parked and in `unpark`), so that applying a batch again changes nothing.
   * @throws {ReadModelsUnavailable} nothing was applied.
   * @throws {RangeError} positions out of order or beyond the checkpoint.
   */
  apply(batch: Batch): Promise<void>;

  /** How far a subscription is; checkpoint 0 and nothing parked for one that never ran. */
  progress(subscription: string, options?: { readonly shadow?: boolean }): Promise<Progress>;

  get<Doc extends Fields>(collection: Collection<Doc>, id: string): Promise<Doc | undefined>;

  /** @throws {InvalidCursor} a cursor that this `find` did not give. @throws {RangeError | TypeError} what cannot be asked. */
  find<Doc extends Fields>(collection: Collection<Doc>, find: Find<Doc>): Promise<Page<Doc>>;

  count<Doc extends Fields>(collection: Collection<Doc>, where?: Where<Doc>): Promise<number>;

  sumByDay<Doc extends Fields>(collection: Collection<Doc>, sum: SumByDay<Doc>): Promise<readonly DaySum[]>;

  /** Makes an empty shadow copy, dropping one that an earlier rebuild left unfinished. The live copy is served meanwhile. */
  beginRebuild(collection: AnyCollection): Promise<void>;

  /**
   * Puts the shadow copy, its progress and its parked events in the live one's place, in one step for every reader.
   * @throws {Error} no rebuild was begun, or its checkpoint is behind the live one's: views never go back.
   */
  finishRebuild(collection: AnyCollection): Promise<void>;

  /** Resolves when a batch could be applied now. @throws {ReadModelsUnavailable} saying why not. */
  ready(): Promise<void>;

  /** Finishes what was begun and releases the files. May be called twice. */
  close(): Promise<void>;
}
