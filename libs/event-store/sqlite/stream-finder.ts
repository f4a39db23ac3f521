import type { Database, Statement } from '#lib/sqlite';
import type { Direction } from '../port.js';
import type { Place, Tail } from './tail.js';

type Params = { readonly stream: string; readonly revision: number; readonly upTo: number; readonly limit: number };

const idOf = '(SELECT id FROM streams WHERE name = @stream)';
const filed = `SELECT position FROM by_stream WHERE stream = ${idOf} AND position <= @upTo AND revision`;

/** What to look for in a stream: `limit` events from revision `from` on, none of them after position `upTo`. */
export type StreamQuery = {
  readonly stream: string;
  readonly from: number;
  readonly upTo: number;
  readonly direction: Direction;
  readonly limit: number;
};

/** Finds the positions of a stream's events: the early ones in the index table, the late ones in the tail. */
export class StreamFinder {
  private readonly filed: Readonly<Record<Direction, Statement<[Params], number>>>;
  private readonly filedAt: Statement<[{ stream: string; revision: number }], number>;
  private readonly lastFiled: Statement<[{ stream: string; upTo: number }], number>;

  constructor(db: Database) {
    this.filed = {
      forwards: db.prepare<[Params], number>(`${filed} >= @revision ORDER BY revision LIMIT @limit`).pluck(),
      backwards: db.prepare<[Params], number>(`${filed} <= @revision ORDER BY revision DESC LIMIT @limit`).pluck(),
    };
    this.filedAt = db
      .prepare<[{ stream: string; revision: number }], number>(
        `SELECT position FROM by_stream WHERE stream = ${idOf} AND revision = @revision`,
      )
      .pluck();
    this.lastFiled = db
      .prepare<[{ stream: string; upTo: number }], number>(
        `SELECT revision FROM by_stream WHERE stream = ${idOf} AND position <= @upTo ORDER BY revision DESC LIMIT 1`,
      )
      .pluck();
  }

  /** The positions of the events, in the direction asked for. */
  find(tail: Tail, query: StreamQuery): readonly number[] {
    return query.direction === 'forwards' ? this.forwards(tail, query) : this.backwards(tail, query);
  }

  /** The first revision of a stream that stands after a position, or one beyond the stream's end. */
  firstAfter(tail: Tail, stream: string, position: number): number {
    const recent = tail.ofStream(stream);
    let low = 0;
    let high = this.lengthOf(tail, stream);
    // Revisions and positions grow together, so the place is found by halving.
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
        : this.filed.forwards.all({ stream, revision: from, upTo: Math.min(upTo, tail.start), limit });
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
    return [...found, ...this.filed.backwards.all(rest)];
  }

  private lengthOf(tail: Tail, stream: string): number {
    const last = tail.ofStream(stream).at(-1);
    if (last) return last.revision + 1;
    return (this.lastFiled.get({ stream, upTo: tail.start }) ?? -1) + 1;
  }

  private positionAt(recent: readonly Place[], stream: string, revision: number): number {
    const first = recent[0];
    if (first && revision >= first.revision) return recent[revision - first.revision]?.position ?? 0;
    return this.filedAt.get({ stream, revision }) ?? 0;
  }
}

const positionsOf = (places: readonly Place[], upTo: number): readonly number[] =>
  places.filter(({ position }) => position <= upTo).map(({ position }) => position);
