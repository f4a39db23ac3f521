import type { CorruptEvent } from '#lib/event-store';
import type { Parked } from '#lib/read-models';

/**
 * How far a subscription is behind the log. `seconds` is the age of the first event that it has not handled. `events` is null where the
 * store cannot tell: positions there have gaps.
 */
export type Lag = { readonly events: number | null; readonly seconds: number };

/** `stalled`: it cannot read the log or store its progress (see `trouble`), and goes on by itself when it can. */
export type SubscriptionState = 'stopped' | 'catching_up' | 'live' | 'stalled';

/** The result of retrying a parked event. */
export type Replay = { readonly status: 'done' } | { readonly status: 'parked'; readonly error: string };

/** A named, checkpointed reader of the log. */
export interface Subscription {
  readonly name: string;
  readonly state: () => SubscriptionState;
  /** Why it is stalled, for a person to read. */
  readonly trouble: () => string | undefined;
  /** The event of the log that it cannot read, if that is why it is stalled. */
  readonly damage: () => CorruptEvent | undefined;
  /** All events up to here are handled or parked. */
  readonly position: () => number;
  readonly lag: () => Promise<Lag>;
  readonly parked: () => readonly Parked[];
  /**
   * Retries a parked event, after the earlier ones with its key, and then handles the events that wait behind it.
   * @throws {NotParked}
   */
  readonly retry: (position: number) => Promise<Replay>;
  /** Discards a parked event and handles the events that wait behind it. @throws {NotParked} */
  readonly skip: (position: number) => Promise<Replay>;
  /** True once everything up to `position` is handled or parked, false if that takes longer than `timeoutMs`. */
  readonly reached: (position: number, timeoutMs: number) => Promise<boolean>;
  /**
   * Starts to read the log. Resolves when it is settled, and stored, where it reads from: every event that is appended after that is
   * handled. Does not reject: while the stores are in trouble, it goes on trying until it is stopped.
   */
  readonly start: () => Promise<void>;
  /** Finishes the events that are being handled and records how far it came. Can be started again. */
  readonly stop: () => Promise<void>;
}

/** The subscription has no parked event at that position. */
export class NotParked extends Error {
  override readonly name = 'NotParked';
  constructor(subscription: string, position: number) {
    super(`${subscription} has no parked event at ${position}`);
  }
}
