import { Transient } from '#lib/async';

/** How often a key was counted in the window that it is in, and in how many seconds (rounded up) the next one begins. */
export type Counted = { readonly totalHits: number; readonly timeToExpire: number };

/** What `ThrottlerStorage` of @nestjs/throttler answers. A key above its limit is blocked until its window ends. */
export type Hits = Counted & { readonly isBlocked: boolean; readonly timeToBlockExpire: number };

/** Counts per key and window. A window begins with the first request in it. The storage of @nestjs/throttler. */
export interface RequestCounters {
  /** Counts one request, exactly once, whoever else counts. `ttl` is the length of the window in milliseconds. @throws {CountersUnavailable} */
  increment(key: string, ttl: number, limit: number): Promise<Hits>;

  /** What was counted so far, without counting. @throws {CountersUnavailable} */
  counted(key: string): Promise<Counted>;

  /** How the server does that all processes count on. Undefined where there is none. Never rejects. */
  health(): Promise<{ readonly status: 'up' | 'down'; readonly detail?: string } | undefined>;

  close(): Promise<void>;
}

/** The server that counts is away. */
export class CountersUnavailable extends Transient {
  override readonly name = 'CountersUnavailable';
}

/** What a count means for a limit. */
export const hitsOf = (totalHits: number, msLeft: number, limit: number): Hits => {
  const timeToExpire = Math.ceil(msLeft / 1000);
  const isBlocked = totalHits > limit;
  return { totalHits, timeToExpire, isBlocked, timeToBlockExpire: isBlocked ? timeToExpire : 0 };
};
