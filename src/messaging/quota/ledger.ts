import type { Period } from './period-count.rules.js';
import type { Outcome } from './user-use.js';

/** A limit that a message counts for: of a user's day, of a minute of a session, of the people to whom a user writes first on a day. */
export type Draw = {
  readonly of: 'day' | 'minute' | 'people';
  readonly userId: string;
  readonly sessionId: string;
  readonly period: Period;
  readonly limit: number;
  /** The chat that is opened, which counts once among people, whoever else opens it at the same time. */
  readonly chatId?: string;
};

/** What is used of a limit. `accepted`: without what is being accepted at the moment. */
export type Used = { readonly accepted: number; readonly used: number };

/** A message that is counted already, while it is being accepted. */
export type Taken = {
  /** To be called once, whatever happens. */
  readonly settle: (outcome: Outcome) => void;
  /** Of each draw, at the moment. */
  readonly used: () => readonly Used[];
};

export type GivenBack = {
  readonly userId: string;
  readonly messageId: string;
  readonly at: string;
  readonly position: number;
};

/** A limit that leaves no room for a message. */
export type UsedUp = { readonly usedUp: Draw; readonly used: number };

/** What was accepted is counted here, and what may be accepted is decided: for all processes on one log together. */
export interface Ledger {
  /** Counts a message that is about to be accepted for each limit, or for none where one is used up. @throws {Transient} */
  take(draws: readonly Draw[], at: string): Promise<Taken | UsedUp>;

  /** What `take` would refuse now; undefined where it would take. Counts nothing. @throws {Transient} */
  look(draws: readonly Draw[], at: string): Promise<UsedUp | undefined>;

  /** @throws {Transient} */
  used(draw: Draw): Promise<Used>;

  /**
   * A message of a user that was accepted at `at` certainly never leaves, and does not count for that day; `position`: of the event that says
   * so. May be called again, in the order of the positions. @throws {Transient}
   */
  giveBack(back: GivenBack): Promise<void>;

  /** Comes before a refusal: resolves once what was given back up to a position counts, or after a bounded wait. */
  reached(position: number): Promise<void>;
}
