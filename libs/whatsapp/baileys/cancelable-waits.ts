/** Waits for what a connection may never deliver. They fail when the connection ends. */
export class CancelableWaits {
  private readonly rejections = new Set<(error: Error) => void>();
  private canceledBy: Error | undefined;

  /** Settles like the work, unless all waits are canceled or the time is over before. */
  for<Result>(work: Promise<Result>, timeout?: { readonly ms: number; readonly error: () => Error }): Promise<Result> {
    if (this.canceledBy) return Promise.reject(this.canceledBy);
    return new Promise<Result>((resolve, reject) => {
      this.rejections.add(reject);
      const timer = timeout && setTimeout(() => reject(timeout.error()), timeout.ms);
      const done = (): void => {
        clearTimeout(timer);
        this.rejections.delete(reject);
      };
      work.then(resolve, reject).finally(done);
    });
  }

  /** Rejects all waits, present and future. */
  cancelAll(error: Error): void {
    this.canceledBy ??= error;
    for (const reject of this.rejections) reject(error);
    this.rejections.clear();
  }
}
