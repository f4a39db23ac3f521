import { Injectable } from '@nestjs/common';
import { keyedQueue, pause, Transient } from '#lib/async';

/** A search took longer than anybody waits for one. */
export class SearchTimedOut extends Transient {
  override readonly name = 'SearchTimedOut';
}

const searchTimeoutMs = 5000;

type Search<Found> = () => Promise<Found>;

/** Runs the searches of an asker one after the other, and waits for none longer than so many milliseconds. */
export const searchQueue = (timeoutMs: number) => {
  const byAsker = keyedQueue();

  return async <Found>(asker: string, search: Search<Found>): Promise<Found> => {
    const end = new AbortController();
    const timedOut = () => new SearchTimedOut(`The search did not end within ${timeoutMs / 1000} seconds`);
    const found = byAsker.run(asker, () => (end.signal.aborted ? Promise.reject(timedOut()) : search()));
    const late = pause(timeoutMs, end.signal).then(() => Promise.reject(timedOut()));
    for (const loser of [found, late]) loser.catch(() => undefined);
    try {
      return await Promise.race([found, late]);
    } finally {
      end.abort();
    }
  };
};

/** Searches cost more than other reads: one at a time for each asker, and none is waited for without end. */
@Injectable()
export class Searches {
  private readonly inTurn = searchQueue(searchTimeoutMs);

  /**
   * Runs a search when the asker's earlier ones have ended, also those that were given up. Where there are no `words`, it is none, and
   * runs at once. @throws {SearchTimedOut}
   */
  run<Found>(asker: string, words: string | undefined, search: Search<Found>): Promise<Found> {
    return words === undefined ? search() : this.inTurn(asker, search);
  }
}
