import type { Parked } from '#lib/read-models';

/** How far a subscription is behind the log. `seconds` is the age of the first event that it has not handled. */
export type Lag = { readonly events: number; readonly seconds: number };

/** `stalled`: something other than an event is in the way (see `trouble`); it goes on by itself when that is gone. */
export type SubscriptionState = 'stopped' | 'catching_up' | 'live' | 'stalled';

/** What became of a parked event that was tried again. */
export type Replay = { readonly status: 'done' } | { readonly status: 'parked'; readonly error: string };

/** A named, checkpointed reader of the log. */
export interface Subscription {
  readonly name: string;
  readonly state: () => SubscriptionState;
  /** What keeps it from going on, in words. */
  readonly trouble: () => string | undefined;
  /** All events up to here are handled or parked. */
  readonly position: () => number;
  readonly lag: () => Promise<Lag>;
  readonly parked: () => readonly Parked[];
  /**
   * Tries a parked event again, after the earlier ones with its key, and then those that waited behind it.
   * @throws {NotParked}
   */
  readonly retry: (position: number) => Promise<Replay>;
  /** Gives a parked event up; those that waited behind it are handled now. @throws {NotParked} */
  readonly skip: (position: number) => Promise<Replay>;
  /** True once everything up to `position` is handled, false when that takes longer than `timeout` milliseconds. */
  readonly reached: (position: number, timeout: number) => Promise<boolean>;
  readonly start: () => void;
  /** Lets what is under way end and records how far it came. Can be started again. */
  readonly stop: () => Promise<void>;
}

/** No event at that position is parked in this subscription. */
export class NotParked extends Error {
  override readonly name = 'NotParked';
  constructor(subscription: string, position: number) {
    super(`${subscription} has no parked event at ${position}`);
  }
}
