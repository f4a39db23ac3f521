import type { TextAppend } from './input.js';
import type { Tail } from './tail.js';
import type { Outcome } from './wire.js';

/** The end of the log as readers may see it: everything whose append was acknowledged. Tells them when it grows. */
export class LogView {
  private watchers: (() => void)[] = [];
  private isOver = false;

  /** @param reload reads the tail from the file. */
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

  /** Takes note of what became of an append. */
  note({ stream, events }: TextAppend, outcome: Outcome): void {
    if (outcome.kind !== 'stored' && outcome.kind !== 'stored_before') return;
    const first = outcome.position - events.length + 1;
    const isBehind = outcome.kind === 'stored' ? first > this.head + 1 : outcome.position > this.head;
    // A commit seemed to fail, and its events are there after all.
    if (isBehind) this.tail = this.reload();
    if (first !== this.head + 1) return;
    const firstRevision = outcome.revision - events.length + 1;
    for (const [offset, [id, type]] of events.entries()) {
      this.tail.add({ stream, type, id, position: first + offset, revision: firstRevision + offset });
    }
  }

  /** Takes note that the index tables have everything up to a position. */
  indexed(upTo: number): void {
    this.tail = this.tail.after(upTo);
  }

  /** Wakes those who wait: the log has grown, or one of them need not wait any longer. */
  announce(): void {
    const watchers = this.watchers;
    this.watchers = [];
    for (const wake of watchers) wake();
  }

  /** No more will come. */
  end(): void {
    this.isOver = true;
    this.announce();
  }

  /**
   * Resolves when something lies beyond a position, when the log is closed, or when the signal is aborted and those who wait are woken
   * by `announce`.
   */
  async beyond(position: number, signal: AbortSignal | undefined): Promise<void> {
    const mustWait = () => this.head <= position && !this.isOver && signal?.aborted !== true;
    while (mustWait()) await new Promise<void>((resolve) => this.watchers.push(resolve));
  }
}
