import type { SerializedAppend } from '../serialize.js';
import type { Tail } from './tail.js';
import type { AppendOutcome } from './wire.js';

/** The end of the log as readers see it: all acknowledged appends. Wakes them when it grows. */
export class LogView {
  private watchers: (() => void)[] = [];
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

  /** Wakes waiting readers: the log has grown, or one of them need not wait any longer. */
  announce(): void {
    const watchers = this.watchers;
    this.watchers = [];
    for (const wake of watchers) wake();
  }

  /** The log is closed. */
  end(): void {
    this.isOver = true;
    this.announce();
  }

  /** Resolves when the log goes beyond a position, when it is closed, or at the `announce` after the signal was aborted. */
  async beyond(position: number, signal: AbortSignal | undefined): Promise<void> {
    const mustWait = () => this.head <= position && !this.isOver && signal?.aborted !== true;
    while (mustWait()) await new Promise<void>((resolve) => this.watchers.push(resolve));
  }
}
