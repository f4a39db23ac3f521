/** What waits for something that a connection may never bring: the end of the connection, or of patience, ends the wait. */
export class Waits {
  private readonly failures = new Set<(error: Error) => void>();
  private ended: Error | undefined;

  /** Settles as the work does, unless the connection ends or the time (in milliseconds) is up before. */
  until<Result>(work: Promise<Result>, within?: { readonly ms: number; readonly else: () => Error }): Promise<Result> {
    if (this.ended) return Promise.reject(this.ended);
    return new Promise<Result>((resolve, reject) => {
      this.failures.add(reject);
      const timer = within && setTimeout(() => reject(within.else()), within.ms);
      const done = (): void => {
        clearTimeout(timer);
        this.failures.delete(reject);
      };
      work.then(resolve, reject).finally(done);
    });
  }

  /** Fails everything that waits, and what will. */
  end(error: Error): void {
    this.ended ??= error;
    for (const fail of this.failures) fail(error);
    this.failures.clear();
  }
}
