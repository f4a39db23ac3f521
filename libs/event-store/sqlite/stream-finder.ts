import type { Database, Statement } from '#lib/sqlite';
import type { Direction } from '../port.js';
import type { EventLocation, Tail } from './tail.js';

type Params = { readonly stream: string; readonly revision: number; readonly upTo: number; readonly limit: number };

const idOf = '(SELECT id FROM streams WHERE name = @stream)';
const selectIndexed = `SELECT position FROM by_stream WHERE stream = ${idOf} AND position <= @upTo AND revision`;

/** `limit` events of a stream from revision `from` on, none after position `upTo`. */
export type StreamQuery = {
  readonly stream: string;
  readonly from: number;
  readonly upTo: number;
  readonly direction: Direction;
  readonly limit: number;
};

/** Finds the positions of a stream's events, in the index table and in the tail. */
export class StreamFinder {
  private readonly indexed: Readonly<Record<Direction, Statement<[Params], number>>>;
  private readonly indexedAt: Statement<[{ stream: string; revision: number }], number>;
  private readonly lastIndexed: Statement<[{ stream: string; upTo: number }], number>;

  constructor(db: Database) {
    this.indexed = {
      forwards: db.prepare<[Params], number>(`${selectIndexed} >= @revision ORDER BY revision LIMIT @limit`).pluck(),
      backwards: db
        .prepare<[Params], number>(`${selectIndexed} <= @revision ORDER BY revision DESC LIMIT @limit`)
        .pluck(),
    };
    this.indexedAt = db
      .prepare<[{ stream: string; revision: number }], number>(
        `SELECT position FROM by_stream WHERE stream = ${idOf} AND revision = @revision`,
      )
      .pluck();
    this.lastIndexed = db
      .prepare<[{ stream: string; upTo: number }], number>(
        `SELECT revision FROM by_stream WHERE stream = ${idOf} AND position <= @upTo ORDER BY revision DESC LIMIT 1`,
      )
      .pluck();
  }

  /** The positions of the events, in the order of the query. */
  find(tail: Tail, query: StreamQuery): readonly number[] {
    return query.direction === 'forwards' ? this.forwards(tail, query) : this.backwards(tail, query);
  }

  /** The first revision of a stream after a position; past its end if there is none. */
  firstAfter(tail: Tail, stream: string, position: number): number {
    const recent = tail.ofStream(stream);
    let low = 0;
    let high = this.lengthOf(tail, stream);
    // Binary search: positions grow with revisions.
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.positionAt(recent, stream, middle) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private forwards(tail: Tail, { stream, from, upTo, limit }: StreamQuery): readonly number[] {
    const recent = tail.ofStream(stream);
    const first = recent[0]?.revision;
    const found =
      first !== undefined && from >= first
        ? []
        : this.indexed.forwards.all({ stream, revision: from, upTo: Math.min(upTo, tail.start), limit });
    if (first === undefined || found.length === limit) return found;
    const start = Math.max(0, from - first);
    const late = recent.slice(start, start + limit - found.length);
    return [...found, ...positionsOf(late, upTo)];
  }

  private backwards(tail: Tail, { stream, from, upTo, limit }: StreamQuery): readonly number[] {
    const recent = tail.ofStream(stream);
    const late = recent.slice(0, Math.max(0, from - (recent[0]?.revision ?? 0) + 1));
    const found = positionsOf(late, upTo).toReversed().slice(0, limit);
    if (found.length === limit) return found;
    const rest = { stream, revision: from, upTo: Math.min(upTo, tail.start), limit: limit - found.length };
    return [...found, ...this.indexed.backwards.all(rest)];
  }

  private lengthOf(tail: Tail, stream: string): number {
    const last = tail.ofStream(stream).at(-1);
    if (last) return last.revision + 1;
    return (this.lastIndexed.get({ stream, upTo: tail.start }) ?? -1) + 1;
  }

  private positionAt(recent: readonly EventLocation[], stream: string, revision: number): number {
    const first = recent[0];
    if (first && revision >= first.revision) return recent[revision - first.revision]?.position ?? 0;
    return this.indexedAt.get({ stream, revision }) ?? 0;
  }
}

const positionsOf = (locations: readonly EventLocation[], upTo: number): readonly number[] =>
  locations.filter(({ position }) => position <= upTo).map(({ position }) => position);
