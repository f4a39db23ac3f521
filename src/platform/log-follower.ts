import { setTimeout as delay } from 'node:timers/promises';
import type { EventCodec, Recorded } from '#lib/event-sourcing';
import { StoreUnavailable, type EventFilter } from '#lib/event-store';
import type { Log } from '#lib/subscriptions';
import type { Stores } from './stores.js';

export type Following = {
  readonly stores: Stores;
  readonly codec: EventCodec;
  readonly log: Log;
  /** What is not needed makes the start longer. */
  readonly filter: EventFilter;
  /** Takes note of an event, each once and in their order. Never throws. */
  readonly note: (event: Recorded) => void;
  /** What is not up to date while the log cannot be read, for the operator. */
  readonly what: string;
};

const pauseAfterTrouble = 1000;

/** Follows the log from its beginning, for what is kept in memory only. Goes on by itself after trouble with the store. */
export class LogFollower {
  private readonly stopping = new AbortController();
  private readonly waiting = new Set<() => void>();
  private following: Promise<void> | undefined;
  private position = 0;

  constructor(private readonly parts: Following) {}

  /** Begins. Resolves when everything that is in the log is known. */
  async start(): Promise<void> {
    const head = await this.parts.stores.events.head();
    this.following = this.follow();
    await this.until(head, this.stopping.signal);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.following;
  }

  /** True once everything up to a position is known; false where that takes longer than so many milliseconds. */
  async reached(position: number, patience: number): Promise<boolean> {
    if (this.position < position) await this.until(position, AbortSignal.timeout(patience));
    return this.position >= position;
  }

  /** The same for all that is in the log now. */
  async caughtUp(patience: number): Promise<boolean> {
    return this.reached(await this.parts.stores.events.head(), patience);
  }

  private async until(position: number, signal: AbortSignal): Promise<void> {
    while (this.position < position && !signal.aborted) await this.moved(signal);
  }

  private moved(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        this.waiting.delete(wake);
        resolve();
      };
      this.waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  private async follow(): Promise<void> {
    const { log, what } = this.parts;
    while (!this.stopping.signal.aborted) {
      try {
        await this.read();
      } catch (error) {
        if (error instanceof StoreUnavailable && error.reason === 'closed') return;
        log.error({ err: error }, `${what} is not up to date: the log cannot be read`);
        await delay(pauseAfterTrouble);
      }
    }
  }

  private async read(): Promise<void> {
    const { stores, codec, filter, note } = this.parts;
    const { signal } = this.stopping;
    for await (const page of stores.events.subscribe({ after: this.position, filter, signal })) {
      for (const event of await codec.decode(page.events)) note(event);
      this.position = page.position;
      for (const wake of this.waiting) wake();
    }
  }
}
