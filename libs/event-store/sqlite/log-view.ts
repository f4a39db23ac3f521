import type { SerializedAppend } from '../serialize.js';
import type { Subscribe } from '../port.js';
import type { EventLocation, Tail } from './tail.js';
import type { AppendOutcome } from './wire.js';

/** A reader that has read all of the log that it knows of. */
export type WaitingReader = {
  readonly skippedTo?: Subscribe['skippedTo'] | undefined;
  /** Whether it wants no more. */
  readonly hasEnded: () => boolean;
  /** Up to where it has read. */
  readonly position: number;
  readonly matches: (event: EventLocation) => boolean;
};

type Waiting = {
  readonly isDue: () => boolean;
  readonly wake: () => void;
  readonly fail: (error: unknown) => void;
};

/** The end of the log as readers see it: all acknowledged appends. Wakes them when it grows. */
export class LogView {
  private waiting: Waiting[] = [];
  private isOver = false;

  /** `reload` reads the tail from the file. */
  constructor(
    public tail: Tail,
    private readonly reload: () => Tail,
  ) {}

  get head(): number {
    return this.tail.head;
  }

  get over(): boolean {
    return this.isOver;
  }

  /** Applies the outcome of an append. */
  note({ stream, events }: SerializedAppend, outcome: AppendOutcome): void {
    if (outcome.kind !== 'stored' && outcome.kind !== 'stored_before') return;
    const first = outcome.position - events.length + 1;
    const isBehind = outcome.kind === 'stored' ? first > this.head + 1 : outcome.position > this.head;
    // An earlier commit seemed to fail, but its events are stored.
    if (isBehind) this.tail = this.reload();
    if (first !== this.head + 1) return;
    const firstRevision = outcome.revision - events.length + 1;
    for (const [offset, [id, type]] of events.entries()) {
      this.tail.add({ stream, type, id, position: first + offset, revision: firstRevision + offset });
    }
  }

  /** Drops the tail up to a position, which is indexed now. */
  indexed(upTo: number): void {
    this.tail = this.tail.after(upTo);
  }

  /** Wakes the readers that need not wait any longer: the log has grown, or one wants no more. */
  announce(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const reader of waiting) {
      try {
        if (reader.isDue()) reader.wake();
        else this.waiting.push(reader);
      } catch (error) {
        reader.fail(error); // of no concern to the others, nor to those who wait for the commit
      }
    }
  }

  /** The log is closed. */
  end(): void {
    this.isOver = true;
    this.announce();
  }

  /**
   * Resolves when there is a page for a reader, when the log is closed, or at the `announce` after the reader has ended. Answers up to where
   * the reader was told, meanwhile, that nothing matches.
   */
  async beyond({ position: from, matches, skippedTo, hasEnded }: WaitingReader): Promise<number> {
    let position = from;
    const isDue = (): boolean => {
      if (this.isOver || hasEnded()) return true;
      const { head, tail } = this;
      if (head <= position) return false;
      if (!skippedTo || position < tail.start || tail.some(position + 1, head, matches) || !skippedTo(head))
        return true;
      position = head;
      return false;
    };
    if (!isDue()) await new Promise<void>((wake, fail) => this.waiting.push({ isDue, wake, fail }));
    return position;
  }
}
