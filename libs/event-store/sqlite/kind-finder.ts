import type { Database, Statement } from '#lib/sqlite';
import type { Direction, EventFilter } from '../port.js';
import { matchesEvent, matchesKind } from '../filter.js';
import type { Tail } from './tail.js';

/** The first `limit` events between two positions, inclusive, that match the filter. */
export type KindQuery = {
  readonly filter: EventFilter;
  readonly lowest: number;
  readonly highest: number;
  readonly direction: Direction;
  readonly limit: number;
};

type Kind = { readonly id: number; readonly category: string; readonly type: string };
type Lookup = Statement<[kind: number, lowest: number, highest: number, limit: number], number>;

/** Finds the positions of events by category and type, in the index table and in the tail. */
export class KindFinder {
  private readonly lookups: Readonly<Record<Direction, Lookup>>;
  private readonly readKinds: Statement<[], Kind>;
  private kinds: { readonly upTo: number; readonly all: readonly Kind[] } = { upTo: 0, all: [] };

  constructor(db: Database) {
    const lookup = (order: 'ASC' | 'DESC'): Lookup =>
      db
        .prepare<[number, number, number, number], number>(
          `SELECT position FROM by_kind WHERE kind = ? AND position BETWEEN ? AND ? ORDER BY position ${order} LIMIT ?`,
        )
        .pluck();
    this.lookups = { forwards: lookup('ASC'), backwards: lookup('DESC') };
    this.readKinds = db.prepare('SELECT id, category, type FROM kinds');
  }

  /** The positions of the events, in the order of the query. */
  find(tail: Tail, query: KindQuery): readonly number[] {
    const { limit } = query;
    if (query.direction === 'forwards') {
      if (query.lowest > tail.start) return recent(tail, query).slice(0, limit);
      const found = this.indexed(tail.start, query);
      return found.length < limit ? [...found, ...recent(tail, query)].slice(0, limit) : found;
    }
    const found = recent(tail, query).toReversed().slice(0, limit);
    return found.length < limit
      ? [...found, ...this.indexed(tail.start, { ...query, limit: limit - found.length })]
      : found;
  }

  /** Searches windows that grow: frequent kinds are found in the first one, rare ones after a few steps. */
  private indexed(indexedUpTo: number, { filter, lowest, highest, direction, limit }: KindQuery): readonly number[] {
    const kinds = this.kindsUpTo(indexedUpTo).filter(matchesKind(filter));
    const end = Math.min(highest, indexedUpTo);
    const found: number[] = [];
    let width = 2 * limit;
    let done = 0;
    while (kinds.length > 0 && found.length < limit && done <= end - lowest) {
      const last = Math.min(done + width, end - lowest + 1) - 1;
      const [low, high] = direction === 'forwards' ? [lowest + done, lowest + last] : [end - last, end - done];
      const window = kinds.flatMap(({ id }) => this.lookups[direction].all(id, low, high, limit - found.length));
      window.sort(direction === 'forwards' ? (a, b) => a - b : (a, b) => b - a);
      found.push(...window.slice(0, limit - found.length));
      done = last + 1;
      width *= 4;
    }
    return found;
  }

  private kindsUpTo(indexedUpTo: number): readonly Kind[] {
    if (this.kinds.upTo !== indexedUpTo) this.kinds = { upTo: indexedUpTo, all: this.readKinds.all() };
    return this.kinds.all;
  }
}

const recent = (tail: Tail, { filter, lowest, highest }: KindQuery): readonly number[] => {
  const matches = matchesEvent(filter);
  return tail
    .between(lowest, highest)
    .filter(matches)
    .map(({ position }) => position);
};
