import { keyedQueue, retrying, usualRetry, type Retrying } from '#lib/async';

/** Writes the newest value of each key, in order. A value is not written any more once a newer one is. */
export class NewestWrites<Value> {
  private readonly unwritten = new Map<string, Value>();
  private readonly turns = keyedQueue();

  constructor(private readonly write: (key: string, value: Value) => Promise<void>) {}

  /** The newest value that is still to be written. */
  waiting(key: string): Value | undefined {
    return this.unwritten.get(key);
  }

  /** @throws what writing throws: the value is then forgotten, and one that waited before still does. */
  once(key: string, value: Value): Promise<void> {
    return this.turns.run(key, async () => {
      const older = this.unwritten.get(key);
      await this.write(key, value);
      this.written(key, older);
    });
  }

  /** Tries again until it is written or a newer one is given. @throws the last error where the signal is aborted first. */
  untilWritten(key: string, value: Value, how: Omit<Retrying, 'policy'>): Promise<void> {
    this.unwritten.set(key, value);
    const attempt = (): Promise<void> =>
      this.turns.run(key, async () => {
        if (this.unwritten.get(key) !== value) return;
        await this.write(key, value);
        this.written(key, value);
      });
    return retrying(attempt, { policy: usualRetry, ...how });
  }

  private written(key: string, value: Value | undefined): void {
    if (this.unwritten.get(key) === value) this.unwritten.delete(key);
  }
}
