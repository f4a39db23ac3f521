import type { Metadata } from '#lib/event-sourcing';

/** An event on its way in. `id` is a UUID that the caller chose: appending it again at the same place changes nothing. */
export type NewEvent = {
  readonly id: string;
  readonly type: string;
  /** Plain JSON. */
  readonly data: unknown;
  readonly metadata: Metadata;
};

/** An event as it is stored. */
export type StoredEvent = NewEvent & {
  readonly stream: string;
  /** Place in its stream: 0, 1, 2, … */
  readonly revision: number;
  /** Place among all events, a safe integer. Strictly increasing; where `capabilities.gapless`, 1, 2, 3, … */
  readonly position: number;
  /** ISO 8601, UTC, milliseconds: when the store took the event. */
  readonly recordedAt: string;
};

/** What the appender believes of the stream: its last revision, or a condition. */
export type ExpectedRevision = number | 'no_stream' | 'stream_exists' | 'any';

/** Events for one stream, all stored or none. */
export type StreamAppend = {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
};

/** Where the last event of an append stands. */
export type Appended = { readonly revision: number; readonly position: number };

export type Direction = 'forwards' | 'backwards';

/** Keeps events whose category is among `categories` and whose type is among `types`; an absent list keeps all. */
export type EventFilter = { readonly categories?: readonly string[]; readonly types?: readonly string[] };

export type ReadStream = {
  readonly direction?: Direction;
  /** The first revision to read, included. Default: the beginning in that direction. */
  readonly from?: number;
  readonly limit?: number;
};

export type ReadAll = {
  readonly direction?: Direction;
  /** The first position to read, included. Default: the beginning in that direction. */
  readonly from?: number;
  readonly limit?: number;
  readonly filter?: EventFilter;
};

export type Subscribe = {
  /** Only this stream; else all. */
  readonly stream?: string;
  /** Position after which to start (0: the beginning), also when one stream is followed. */
  readonly after: number;
  readonly filter?: EventFilter;
  /** The most events in one page. Default 500. */
  readonly pageSize?: number;
  /** Ends the iteration, at once and without an error. */
  readonly signal?: AbortSignal;
};

/** Some events in order, and how far the log has been looked through. */
export type SubscriptionPage = {
  /** May be empty: `position` then tells of events that the filter left out. */
  readonly events: readonly StoredEvent[];
  /** Everything up to here has been seen: a checkpoint. */
  readonly position: number;
  /** True when, at the moment of reading, nothing lay beyond `position`. */
  readonly live: boolean;
};

/** What `verify` found. `corrupt` lists at most 100 places; position 0 stands for the file as a whole. */
export type Verification = {
  readonly events: number;
  readonly lastPosition: number;
  readonly corrupt: readonly { readonly position: number; readonly problem: string }[];
};

/** The log that everything is told from. Streams are named `<category>-<id>`. All methods are safe to call concurrently. */
export interface EventStore {
  readonly capabilities: {
    /** `appendMany` can take several streams in one transaction. */
    readonly multiStream: boolean;
    /** Positions are 1, 2, 3, … without holes. */
    readonly gapless: boolean;
  };

  /**
   * Appends all events or none; resolved only when they would survive a power cut.
   * The same event ids again at the same place answer as the first time did.
   * @throws {RevisionConflict} the stream is not as expected; nothing was stored.
   * @throws {InvalidAppend} no events, a name or id that cannot be, data that is no JSON, or too much of it; nothing was stored.
   * @throws {StoreUnavailable} the store could not write (disk full, closing); whether the events are stored is settled by appending them again.
   */
  append(append: StreamAppend): Promise<Appended>;

  /**
   * Appends to several streams in one transaction, in the order given: all or none. Answers are in the same order. Each stream
   * may be named once.
   * @throws {NotSupported} more than one stream where `capabilities.multiStream` is false.
   */
  appendMany(appends: readonly StreamAppend[]): Promise<readonly Appended[]>;

  /**
   * Reads one stream, a bounded page in memory at a time. A stream that does not exist has no events.
   * @throws {CorruptEvent} when a stored event fails its checksum; no event after it is passed on.
   */
  readStream(stream: string, options?: ReadStream): AsyncIterable<StoredEvent>;

  /** Reads `$all` in the same way, up to the last event at the time of the call. */
  readAll(options?: ReadAll): AsyncIterable<StoredEvent>;

  /**
   * Catches up from a position and goes on live, in order and without gaps. Reads only when asked for the next page, so a slow
   * reader is never overrun. Never ends by itself: abort the signal, break out of the loop, or close the store.
   * @throws {CorruptEvent | StoreUnavailable} from the iteration.
   */
  subscribe(options: Subscribe): AsyncIterable<SubscriptionPage>;

  /** The position of the last event, 0 when there is none. */
  head(): Promise<number>;

  /** Walks the whole log and checks every event; appends go on meanwhile. */
  verify(): Promise<Verification>;

  /**
   * Writes a consistent copy of the log to a file that does not exist yet, while appends go on.
   * @throws {NotSupported} where the server has its own way.
   */
  backup(file: string): Promise<void>;

  /** Resolves when an append could be taken now. @throws {StoreUnavailable} saying why not. */
  ready(): Promise<void>;

  /** Finishes what was accepted, refuses the rest, releases the files. May be called twice. */
  close(): Promise<void>;
}

/** The category of a stream: what stands before the first dash. */
export const categoryOf = (stream: string): string => {
  const dash = stream.indexOf('-');
  return dash < 0 ? stream : stream.slice(0, dash);
};
