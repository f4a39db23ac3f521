import type { Database, Statement } from '#lib/sqlite';
import type { Direction, EventFilter } from '../port.js';
import { keeps, keepsEvent } from './filter.js';
import type { Tail } from './tail.js';

/** What to look for: the first `limit` events between two positions (both included) that the filter keeps. */
export type KindQuery = {
  readonly filter: EventFilter;
  readonly lowest: number;
  readonly highest: number;
  readonly direction: Direction;
  readonly limit: number;
};

type Kind = { readonly id: number; readonly category: string; readonly type: string };
type Lookup = Statement<[kind: number, lowest: number, highest: number, limit: number], number>;

/** Finds the positions of events by category and type: the early ones in the index table, the late ones in the tail. */
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

  /** The positions of the events, in the direction asked for. */
  find(tail: Tail, query: KindQuery): readonly number[] {
    const { limit } = query;
    if (query.direction === 'forwards') {
      const found = this.filed(tail.start, query);
      return found.length < limit ? [...found, ...recent(tail, query)].slice(0, limit) : found;
    }
    const found = recent(tail, query).toReversed().slice(0, limit);
    return found.length < limit
      ? [...found, ...this.filed(tail.start, { ...query, limit: limit - found.length })]
      : found;
  }

  /** Looks through windows that grow: dense kinds are found in the first one, rare ones with a few steps. */
  private filed(filedUpTo: number, { filter, lowest, highest, direction, limit }: KindQuery): readonly number[] {
    const kinds = this.kindsUpTo(filedUpTo).filter(keeps(filter));
    const end = Math.min(highest, filedUpTo);
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

  private kindsUpTo(filedUpTo: number): readonly Kind[] {
    if (this.kinds.upTo !== filedUpTo) this.kinds = { upTo: filedUpTo, all: this.readKinds.all() };
    return this.kinds.all;
  }
}

const recent = (tail: Tail, { filter, lowest, highest }: KindQuery): readonly number[] => {
  const kept = keepsEvent(filter);
  return tail
    .between(lowest, highest)
    .filter(kept)
    .map(({ position }) => position);
};
