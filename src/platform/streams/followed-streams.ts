import { retrying, usualRetry } from '#lib/async';
import type { EventCodec } from '#lib/event-sourcing';
import { StoreUnavailable, type EventStore } from '#lib/event-store';
import type { Log } from '#lib/subscriptions';
import type { AnyDecider } from '../context-definition.js';
import type { CachedStreams, StateOf, StreamState } from './cached-streams.js';

export type FollowedStreamsContext = { readonly store: EventStore; readonly codec: EventCodec; readonly log: Log };

/**
 * The streams of one decider, for those who ask for the same states again and again: what is in memory is kept up to date with the log, so
 * that it is read once. What another process records shows here as soon as the log tells of it.
 */
export class FollowedStreams<D extends AnyDecider> {
  private readonly stopping = new AbortController();
  private following: Promise<void> = Promise.resolve();
  private position: number | undefined;
  private isLive = false;

  constructor(
    private readonly decider: D,
    private readonly streams: CachedStreams,
    private readonly context: FollowedStreamsContext,
  ) {}

  start(): void {
    this.following = this.follow();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.following;
  }

  /** The state of a stream. It is read where nothing is known of it, and while the log cannot be followed. @throws {StoreUnavailable} */
  async state(id: string): Promise<StreamState<StateOf<D>>> {
    const stream = `${this.decider.events.category}-${id}`;
    const cached = this.isLive ? this.streams.cached(stream) : undefined;
    return (cached ?? (await this.streams.load(stream))) as StreamState<StateOf<D>>;
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    try {
      await retrying((progressed) => this.read(signal, progressed), {
        policy: usualRetry,
        signal,
        again: (error) => {
          this.isLive = false;
          const { category } = this.decider.events;
          const isClosed = error instanceof StoreUnavailable && error.reason === 'closed';
          if (!isClosed)
            this.context.log.warn({ err: error, category }, 'Streams cannot be followed; they are read instead');
          return !isClosed;
        },
      });
    } catch {
      // the service stops
    } finally {
      this.isLive = false;
    }
  }

  private async read(signal: AbortSignal, progressed: () => void): Promise<void> {
    const { store, codec } = this.context;
    if (this.position === undefined) {
      this.position = await store.head();
      this.streams.follow();
    }
    const filter = { categories: [this.decider.events.category] };
    const skippedTo = (position: number): boolean => {
      this.position = position;
      this.isLive = true;
      progressed();
      return true;
    };
    for await (const page of store.subscribe({ after: this.position, filter, signal, skippedTo })) {
      for (const event of await codec.decode(page.events)) this.streams.note(event);
      this.position = page.position;
      this.isLive ||= page.live;
      progressed();
    }
  }
}
