import type { Database, Statement } from '#lib/sqlite';
import type { Tail } from './tail.js';

/** The revision of a stream that does not exist. */
export const noRevision = -1;
const maxCachedHeads = 20_000;
const idOf = `(SELECT id FROM streams WHERE name = @stream)`;

/** A stored event. */
export type Found = { readonly revision: number; readonly position: number; readonly id: string };

/** Looks up streams for the writer, in the tail and in the index tables. */
export class StreamLookup {
  private readonly heads = new Map<string, number>();
  private readonly head: Statement<[{ stream: string }], number>;
  private readonly at: Statement<[{ stream: string; revision: number }], Found>;
  private readonly withId: Statement<[{ stream: string; id: string }], number>;

  constructor(
    db: Database,
    private tail: Tail,
  ) {
    this.head = db
      .prepare<[{ stream: string }], number>(
        `SELECT revision FROM by_stream WHERE stream = ${idOf} ORDER BY revision DESC LIMIT 1`,
      )
      .pluck();
    this.at = db.prepare(
      `SELECT e.revision, e.position, e.id FROM by_stream JOIN events e USING (position)
       WHERE by_stream.stream = ${idOf} AND by_stream.revision = @revision`,
    );
    this.withId = db
      .prepare<[{ stream: string; id: string }], number>(
        `SELECT revision FROM by_id WHERE stream = ${idOf} AND id = unhex(@id, '-')`,
      )
      .pluck();
  }

  /** Replaces the tail by a shorter one: the rest is indexed now. */
  replaceTail(tail: Tail): void {
    for (const { stream, revision } of this.tail.lastOfStreams()) this.remember(stream, revision);
    this.tail = tail;
  }

  /** The last revision of a stream, or `noRevision`. */
  headOf(stream: string): number {
    const last = this.tail.ofStream(stream).at(-1);
    if (last) return last.revision;
    const head = this.heads.get(stream) ?? this.head.get({ stream }) ?? noRevision;
    if (head !== noRevision) this.remember(stream, head);
    return head;
  }

  eventAt(stream: string, revision: number): Found | undefined {
    const recent = this.tail.ofStream(stream);
    const first = recent[0];
    if (first && revision >= first.revision) return recent[revision - first.revision];
    return this.at.get({ stream, revision });
  }

  /** The revisions of the events with an id in a stream. */
  revisionsOf(stream: string, id: string): readonly number[] {
    const recent = this.tail.withId(stream, id).map(({ revision }) => revision);
    return [...this.withId.all({ stream, id }), ...recent];
  }

  private remember(stream: string, head: number): void {
    // A map keeps insertion order: the first key is the least recently used one.
    this.heads.delete(stream);
    this.heads.set(stream, head);
    if (this.heads.size <= maxCachedHeads) return;
    for (const oldest of this.heads.keys()) {
      this.heads.delete(oldest);
      return;
    }
  }
}
