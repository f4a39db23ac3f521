/** The most that pages may take of one turn of the event loop, together, in milliseconds. */
const mostTime = 1.5;

/**
 * Lets many readers share the thread with the HTTP server: what they ask for is done in order, and after a millisecond or two the
 * rest waits for the next turn of the event loop. (Plain `setImmediate` would run all of it in the same turn.)
 */
export class Turns {
  private readonly waiting: (() => void)[] = [];
  private scheduled = false;

  /** Runs a short piece of work when its turn has come. Rejects with what the work throws. */
  run<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.take());
  }

  private take(): void {
    this.scheduled = false;
    const start = performance.now();
    while (this.waiting.length > 0 && performance.now() - start < mostTime) this.waiting.shift()?.();
    if (this.waiting.length > 0) this.schedule();
  }
}
