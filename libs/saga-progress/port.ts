import type { Parked } from '#lib/read-models';

/** What is stored of a saga. */
export type StoredProgress = {
  /** Every event up to here is handled, except the parked ones. Undefined for a saga of which nothing was ever recorded. */
  readonly checkpoint: number | undefined;
  /** By position, ascending. */
  readonly parked: readonly Parked[];
};

/** What is recorded for a saga in one step. */
export type ProgressRecord = {
  readonly saga: string;
  /** The new checkpoint; a lower one than the stored one leaves that as it is. */
  readonly checkpoint: number;
  /**
   * Events to park, or parked ones with a new error. Ignored for an event that is at or below the stored checkpoint and no longer parked,
   * so that repeating a record changes nothing.
   */
  readonly park?: readonly Parked[];
  /** Positions of events that are no longer parked: handled or skipped. */
  readonly unpark?: readonly number[];
};

/**
 * Keeps how far each saga has come, apart from the views: a saga whose progress is lost dispatches its commands again. All methods are safe
 * to call concurrently. All reject with a {@link SagaProgressUnavailable} when the store is in trouble or closed.
 */
export interface SagaProgress {
  /** Sees every record that was made before, also one that has not resolved yet. */
  load(saga: string): Promise<StoredProgress>;

  /**
   * Records all of it or nothing; resolves only when it would survive a power cut. Records are applied in the order of the calls. One that
   * fails does not stop later ones: a caller must not move the checkpoint past events whose parking failed.
   * @throws {RangeError} a checkpoint that is not a position.
   */
  record(record: ProgressRecord): Promise<void>;

  /** Resolves when a record could be written now. @throws {SagaProgressUnavailable} saying why not. */
  ready(): Promise<void>;

  /** Brings its files into shape, where it has any: to be called once a day or so. */
  maintain(): Promise<void>;

  /** Finishes what was begun and releases the store. May be called twice. */
  close(): Promise<void>;
}
