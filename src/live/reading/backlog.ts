import type { Recorded } from '#lib/event-sourcing';

/** What a reader may be behind the log without reading it on its own. */
const maxWaitingEvents = 100;

/** The events that one reader has not taken yet. Holds a bounded number of them, which all readers share. */
export class Backlog {
  private readonly waiting: Recorded[] = [];
  private hasOverflowed = false;
  private wake: (() => void) | undefined;

  constructor(
    /** Events up to this position are none of its business. */
    private readonly after: number,
    private readonly wants: (event: Recorded) => boolean,
  ) {}

  /** False where the reader is too far behind: it gets no more from here. */
  offer(event: Recorded): boolean {
    if (event.position <= this.after || !this.wants(event)) return true;
    if (this.waiting.length >= maxWaitingEvents) this.hasOverflowed = true;
    else this.waiting.push(event);
    this.wake?.();
    return !this.hasOverflowed;
  }

  /** Whether the reader has taken all that there was. */
  isEmpty(): boolean {
    return this.waiting.length === 0 && !this.hasOverflowed;
  }

  /** The next event, as soon as there is one; undefined at the abort, or where the reader must read the log on its own from there. */
  async next(signal: AbortSignal): Promise<Recorded | undefined> {
    while (this.isEmpty() && !signal.aborted) await this.news(signal);
    return signal.aborted ? undefined : this.waiting.shift();
  }

  private async news(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.wake = wake;
      signal.addEventListener('abort', wake, { once: true });
    });
    this.wake = undefined;
  }
}
