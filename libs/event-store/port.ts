import type { Metadata } from '#lib/event-sourcing';

/** An event to append. `id` is a UUID chosen by the caller: appending the same ids again at the same revision changes nothing. */
export type NewEvent = {
  readonly id: string;
  readonly type: string;
  /** Plain JSON. */
  readonly data: unknown;
  readonly metadata: Metadata;
  /** When another store accepted it, for an event that is copied from there. Default: now. */
  readonly recordedAt?: string;
};

/** An event as it is stored. */
export type StoredEvent = NewEvent & {
  readonly stream: string;
  /** Its number in its stream: 0, 1, 2, … */
  readonly revision: number;
  /**
   * Its number among all events, a safe integer. Strictly increasing; 1, 2, 3, … if `capabilities.gapless`. Elsewhere positions may only be
   * compared: there is no counting with them, and no event need be at the next number.
   */
  readonly position: number;
  /** When the store accepted the event, or the first one did that it was copied from: ISO 8601, UTC, with milliseconds. */
  readonly recordedAt: string;
};

/** What the caller expects of the stream: its last revision, or a condition. */
export type ExpectedRevision = number | 'no_stream' | 'stream_exists' | 'any';

/** Events for one stream. All are stored, or none. */
export type StreamAppend = {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
};

/** Revision and position of the last event of an append. */
export type Appended = { readonly revision: number; readonly position: number };

export type Direction = 'forwards' | 'backwards';

/** Matches events whose category is in `categories` and whose type is in `types`; an absent list matches all. */
export type EventFilter = { readonly categories?: readonly string[]; readonly types?: readonly string[] };

export type ReadStream = {
  readonly direction?: Direction;
  /** The first revision to read. Default: the start in that direction. */
  readonly from?: number;
  readonly limit?: number;
};

export type ReadAll = {
  readonly direction?: Direction;
  /**
   * The position of the first event to read, or 0: without `capabilities.gapless`, no read starts between two events. Default: the start
   * in that direction.
   */
  readonly from?: number;
  readonly limit?: number;
  readonly filter?: EventFilter;
};

export type Subscribe = {
  /** Only this stream. Default: all. */
  readonly stream?: string;
  /**
   * The position after which to start: that of an event or a page (0: the beginning). A position also when only one stream is followed.
   */
  readonly after: number;
  readonly filter?: EventFilter;
  /** Maximum number of events in a page. Default: 500. */
  readonly pageSize?: number;
  /** Aborting it ends the iteration at once, without an error. */
  readonly signal?: AbortSignal;
  /**
   * May be called in the place of an empty page, while the next page is waited for: the log has grown up to `position`, which is its end now,
   * and nothing of that matches. True: that was enough. False: the page is to come. What it throws ends the iteration.
   */
  readonly skippedTo?: (position: number) => boolean;
};

/** Events in order, and how far the log was read. */
export type SubscriptionPage = {
  /** Empty if the filter matched none of the events up to `position`. */
  readonly events: readonly StoredEvent[];
  /** All events up to here were read: a checkpoint. */
  readonly position: number;
  /** Whether this was the end of the log at the time of reading. */
  readonly live: boolean;
};

/** Something that is wrong with an event. */
export type Damage = { readonly position: number; readonly problem: string };

/** The type of the event that reads answer in the place of a damaged one that is passed over. */
export const passedOver = '$passed-over';

/** The result of `verify`. `corrupt` has at most 100 entries; position 0 means the file as a whole. */
export type Verification = {
  readonly events: number;
  readonly lastPosition: number;
  readonly corrupt: readonly Damage[];
};

/** The result of `verifyPart`: `next` is where to go on, null at the end. */
export type PartVerification = Verification & { readonly next: number | null };

/** The log of all events. Streams are named `<category>-<id>`. All methods may be called concurrently. */
export interface EventStore {
  readonly capabilities: {
    /** Whether `appendMany` accepts several streams. */
    readonly multiStream: boolean;
    /** Whether positions are 1, 2, 3, … without gaps. */
    readonly gapless: boolean;
  };

  /**
   * Appends all events or none. Resolves once they would survive a power cut. Appending the same event ids again at the same revision
   * gives the same answer as the first time.
   * @throws {RevisionConflict} the stream does not have the expected revision; nothing was stored.
   * @throws {InvalidAppend} no events, an invalid name or id, data that is not JSON or is too large; nothing was stored.
   * @throws {StoreUnavailable} the store could not write (disk full, closing). The events may be stored: append them again to find out.
   */
  append(append: StreamAppend): Promise<Appended>;

  /**
   * Appends to several streams in one transaction, in the given order: all or none. Answers have the same order. A stream may occur
   * once.
   * @throws {NotSupported} more than one stream, and `capabilities.multiStream` is false.
   */
  appendMany(appends: readonly StreamAppend[]): Promise<readonly Appended[]>;

  /**
   * Reads one stream, one bounded page in memory at a time. A stream that does not exist has no events.
   * @throws {CorruptEvent} a stored event fails its checksum; no event after it is returned.
   */
  readStream(stream: string, options?: ReadStream): AsyncIterable<StoredEvent>;

  /** Reads the whole log in the same way, up to the last event at the time of the call. */
  readAll(options?: ReadAll): AsyncIterable<StoredEvent>;

  /**
   * Catches up from a position and continues live, in order and without gaps. Reads only when the next page is asked for, so a slow
   * reader is not overrun. Does not end by itself: abort the signal, break out of the loop, or close the store.
   * @throws {CorruptEvent | StoreUnavailable} from the iteration.
   */
  subscribe(options: Subscribe): AsyncIterable<SubscriptionPage>;

  /** The position of the last event, or 0. */
  head(): Promise<number>;

  /** Checks every event of the log, while appends continue. */
  verify(): Promise<Verification>;

  /**
   * Checks the events after a position (0: from the beginning), as many as `limit` at about: the checksums and places of each.
   * Positions to go on from are only those that were answered before.
   */
  verifyPart(part: { readonly after: number; readonly limit: number }): Promise<PartVerification>;

  /** Brings its files into shape while appends continue, where it has any: to be called once a day or so. */
  maintain(): Promise<void>;

  /** The damaged events that reads have met so far, or `verify` has found, in no particular order; not those passed over. */
  damaged(): readonly Damage[];

  /**
   * Instead of failing on a damaged event, reads answer one of the type `passedOver`, without data, from now on, in this process. Nothing
   * is stored. An event that is intact is read as it is.
   */
  passOver(position: number): void;

  /**
   * Writes a consistent copy of the log to a file that does not exist yet, while appends continue.
   * @throws {NotSupported} the server has its own backups.
   */
  backup(file: string): Promise<void>;

  /** Resolves if an append would succeed now. @throws {StoreUnavailable} with the reason. */
  ready(): Promise<void>;

  /** Finishes accepted appends, rejects new calls, and releases the files. May be called twice. */
  close(): Promise<void>;
}

/** The category of a stream: its name up to the first dash. */
export const categoryOf = (stream: string): string => {
  const dash = stream.indexOf('-');
  return dash < 0 ? stream : stream.slice(0, dash);
};
