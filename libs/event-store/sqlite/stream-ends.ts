/** Streams whose end is kept in memory: those that were appended to last. */
const maxStreams = 10_000;

/**
 * The last revisions of streams, as acknowledged appends left them. Nobody else writes: what is known of a stream is all that there is to read
 * of it.
 */
export class StreamEnds {
  /** The least recently appended first. */
  private readonly revisions = new Map<string, number>();

  /** `revision`: of the last event that is stored. */
  note(stream: string, revision: number): void {
    this.revisions.delete(stream);
    this.revisions.set(stream, revision);
    if (this.revisions.size <= maxStreams) return;
    for (const oldest of this.revisions.keys()) {
      this.revisions.delete(oldest);
      return;
    }
  }

  /** It is not known what a failed append has stored. */
  forget(): void {
    this.revisions.clear();
  }

  /** Whether a stream is known to end there. */
  isAt(stream: string, revision: number): boolean {
    return this.revisions.get(stream) === revision;
  }
}
