import type { Database, Statement } from '#lib/sqlite';
import type { Tail } from './tail.js';

/** The revision before the first: that of a stream which does not exist. */
export const none = -1;
const mostHeads = 20_000;
const idOf = `(SELECT id FROM streams WHERE name = @stream)`;

/** An event that is stored already. */
export type Found = { readonly revision: number; readonly position: number; readonly id: string };

/** Answers the writer's questions about streams, from the tail where it can, else from the index tables. */
export class Places {
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

  /** Takes a shorter tail: what it no longer holds is in the index tables. */
  shorten(tail: Tail): void {
    for (const { stream, revision } of this.tail.lastOfStreams()) this.remember(stream, revision);
    this.tail = tail;
  }

  /** The last revision of a stream, or `none`. */
  headOf(stream: string): number {
    const last = this.tail.ofStream(stream).at(-1);
    if (last) return last.revision;
    const head = this.heads.get(stream) ?? this.head.get({ stream }) ?? none;
    if (head !== none) this.remember(stream, head);
    return head;
  }

  eventAt(stream: string, revision: number): Found | undefined {
    const recent = this.tail.ofStream(stream);
    const first = recent[0];
    if (first && revision >= first.revision) return recent[revision - first.revision];
    return this.at.get({ stream, revision });
  }

  /** The revisions at which an event id stands in a stream. */
  revisionsOf(stream: string, id: string): readonly number[] {
    const recent = this.tail.withId(stream, id).map(({ revision }) => revision);
    return [...this.withId.all({ stream, id }), ...recent];
  }

  private remember(stream: string, head: number): void {
    // A map keeps the order of insertion: the first key is the one that was not used for the longest time.
    this.heads.delete(stream);
    this.heads.set(stream, head);
    if (this.heads.size <= mostHeads) return;
    for (const oldest of this.heads.keys()) {
      this.heads.delete(oldest);
      return;
    }
  }
}
