import { setTimeout as delay } from 'node:timers/promises';
import { retryWaitMs } from '#lib/async';
import { closedError, isPassing, storeError } from './errors.js';
import type { Limits } from './limits.js';

/** Counts the failures of one piece of work, waits between attempts, and says when to give up. */
export class Persistence {
  private failures = 0;
  private failingSince = 0;

  constructor(
    private readonly limits: Pick<Limits, 'giveUpAfterMs' | 'retry'>,
    private readonly closed: AbortSignal,
  ) {}

  succeeded(): void {
    this.failures = 0;
  }

  /** Resolves when it is time for the next attempt. @throws the error, if it does not pass or there were enough attempts. */
  async failed(error: unknown): Promise<void> {
    if (this.closed.aborted) throw closedError();
    this.failures += 1;
    if (this.failures === 1) this.failingSince = performance.now();
    const isOver = performance.now() - this.failingSince >= this.limits.giveUpAfterMs;
    if (!isPassing(error) || isOver) throw error;
    await this.untilNextAttempt();
    if (this.closed.aborted) throw closedError();
  }

  /** Keeps the process alive: somebody waits for this work, and an idle connection does not. */
  private async untilNextAttempt(): Promise<void> {
    try {
      await delay(retryWaitMs(this.limits.retry, this.failures), undefined, { signal: this.closed });
    } catch {
      // the store is being closed
    }
  }
}

/** What a part yields, and again from where it stopped, until a part ends. @throws {StoreUnavailable} */
export async function* persistently<Item>(
  part: () => AsyncIterable<Item>,
  limits: Limits,
  closed: AbortSignal,
): AsyncGenerator<Item> {
  const persistence = new Persistence(limits, closed);
  for (;;) {
    try {
      for await (const item of part()) {
        persistence.succeeded();
        yield item;
      }
      if (closed.aborted) throw closedError();
      return;
    } catch (error) {
      await persistence.failed(error).catch((final: unknown) => {
        throw storeError(final);
      });
    }
  }
}
