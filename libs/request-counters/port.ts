import { Transient } from '#lib/async';

/** How many requests of the current minute were counted, and in how many milliseconds the next one begins. */
export type Counted = { readonly count: number; readonly msBeforeNext: number };

/** Counts requests per key and minute. A minute begins with the first request in it. */
export interface RequestCounters {
  /** Counts one request, and answers how many that makes. @throws {CountersUnavailable} */
  count(key: string): Promise<Counted>;

  /** What was counted so far. @throws {CountersUnavailable} */
  counted(key: string): Promise<Counted>;

  /** How the server does that all processes count on. Undefined where there is none. Never rejects. */
  health(): Promise<{ readonly status: 'up' | 'down'; readonly detail?: string } | undefined>;

  close(): Promise<void>;
}

/** The server that counts is away. */
export class CountersUnavailable extends Transient {
  override readonly name = 'CountersUnavailable';
}
