/** Time for all reads together in one turn of the event loop. */
const maxTurnMs = 1.5;

/**
 * Lets many readers share the thread with the HTTP server: reads run in order, and when the time of a turn of the event loop is used up,
 * the rest waits for the next one. (With `setImmediate` alone all would run in the same turn.)
 */
export class ReadScheduler {
  private readonly waiting: (() => void)[] = [];
  private scheduled = false;

  /** Runs a short read when its turn comes. Rejects with what it throws. */
  run<Result>(read: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push(() => {
        try {
          resolve(read());
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
    setImmediate(() => this.runDue());
  }

  private runDue(): void {
    this.scheduled = false;
    const start = performance.now();
    while (this.waiting.length > 0 && performance.now() - start < maxTurnMs) this.waiting.shift()?.();
    if (this.waiting.length > 0) this.schedule();
  }
}
